import { describe, expect, it } from 'vitest';
import { problemsWith } from './support/settings-problems.ts';

const place = {
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: ['subnet-0a1b', 'subnet-4e5f'],
  endpoints: ['sg-0a1b', 'pl-0a1b', '10.1.2.0/24'],
};
const arrays = ['10.20.0.10', '10.21.0.0/28'];

describe('a mistake is told with its place, what was found, what was expected and what to do', () => {
  it.each([
    ['network', 'vpc-0a1b2c3d'],
    ['network.vpcId', { ...place, arrays, vpcId: 'main' }],
    ['network.subnetIds', { ...place, arrays, subnetIds: [] }],
    ['network.subnetIds[1]', { ...place, arrays, subnetIds: ['subnet-1', 'b'] }],
    ['network.arrays', place],
    ['network.arrays', { ...place, arrays: [] }],
    ['network.arrays', { ...place, arrays: '10.20.0.10' }],
    ['network.arrays[0]', { ...place, arrays: ['0.0.0.0/0'] }],
    ['network.arrays[0]', { ...place, arrays: ['10.0.0.0/7'] }],
    ['network.arrays[0]', { ...place, arrays: ['10.20.0.5/24'] }],
    ['network.arrays[0]', { ...place, arrays: ['fa-prod.example.com'] }],
    ['network.arrays[0]', { ...place, arrays: ['10.20.0.256'] }],
    ['network.endpoints[0]', { ...place, arrays, endpoints: ['vpce-0a1b'] }],
    ['network.vpc', { ...place, arrays, vpc: 'vpc-1' }],
  ])('%s of %j', (field, network) => {
    expect(problemsWith({ refreshes: [], network })).toEqual([
      expect.stringMatching(/: found .+, expected .+\. [A-Z].+\.$/),
    ]);
    expect(problemsWith({ refreshes: [], network })[0]).toContain(`  settings.${field}: found `);
  });

  it.each(['', 'old', 'alias/refresh', 'arn:aws:kms:eu-central-1:123456789012:alias/refresh'])(
    'encryptionKey of %j',
    (encryptionKey) => {
      expect(problemsWith({ refreshes: [], encryptionKey })).toEqual([
        expect.stringMatching(
          /^ {2}settings\.encryptionKey: found ".*", expected "new" or the ARN of a KMS key\. [A-Z]/,
        ),
      ]);
    },
  );
});
