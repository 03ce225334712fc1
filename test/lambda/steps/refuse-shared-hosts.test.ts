import { afterEach, describe, expect, it } from 'vitest';
import { readConnections, refuseSharedHosts } from '../../../lambda/steps/refuse-shared-hosts.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  type SimulatedOptions,
  startSimulatedArray,
  stopSimulatedArrays,
  volume,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

type State = NonNullable<SimulatedOptions['state']>;

const check = async (connected: Pick<State, 'hosts' | 'host_groups'>) => {
  const volumes = [volume('prd-data', 1), volume('dev-data', 1), volume('dev-fra', 1)];
  const { array, requests } = await startSimulatedArray({ state: { volumes, ...connected } });
  const targets = ['dev-data', 'dev-fra'];
  const judge = async () => {
    const connections = await readConnections(
      { source: array, target: array },
      ['prd-data'],
      targets,
    );
    refuseSharedHosts(connections, [{ name: 'prd-data' }]);
  };
  return { requests, result: judge() };
};

describe('target volumes', () => {
  it('on hosts of their own may be overwritten', async () => {
    const { result, requests } = await check({
      hosts: [
        { name: 'prd01', volumes: ['prd-data'] },
        { name: 'dev01', volumes: ['dev-data', 'dev-fra'] },
      ],
    });

    await expect(result).resolves.toBeUndefined();
    expect(requests().filter((call) => call === 'GET /connections')).toHaveLength(1);
  });

  it('on no host at all may be overwritten', async () => {
    const { result } = await check({ hosts: [{ name: 'prd01', volumes: ['prd-data'] }] });

    await expect(result).resolves.toBeUndefined();
  });

  it('on a host that uses a source volume are refused, with host and volumes', async () => {
    const { result } = await check({
      hosts: [
        { name: 'prd01', volumes: ['prd-data', 'dev-fra'] },
        { name: 'dev01', volumes: ['dev-data'] },
      ],
    });

    expect(await rejectionOf(result)).toMatchObject({
      name: 'SharedHost',
      message: 'Target volumes "dev-fra" are connected to "prd01", which also uses source volumes.',
    });
  });

  it('on a host whose source volumes are all left out may be overwritten', async () => {
    const volumes = [volume('prd-data', 1), volume('prd-old', 1), volume('dev-data', 1)];
    const hosts = [{ name: 'util01', volumes: ['prd-old', 'dev-data'] }];
    const { array } = await startSimulatedArray({ state: { volumes, hosts } });
    const connections = await readConnections(
      { source: array, target: array },
      ['prd-data', 'prd-old'],
      ['dev-data'],
    );

    expect(() => refuseSharedHosts(connections, [{ name: 'prd-data' }])).not.toThrow();
    expect(() => refuseSharedHosts(connections, [{ name: 'prd-old' }])).toThrow(/"util01"/);
  });

  it('connected through the host group of such a host are refused', async () => {
    const { result } = await check({
      hosts: [{ name: 'prd01', volumes: ['dev-data'] }],
      host_groups: [{ name: 'prd', hosts: ['prd01'], volumes: ['prd-data'] }],
    });

    expect((await rejectionOf(result)).name).toBe('SharedHost');
  });

  it('on one hypervisor through its protocol endpoint may be overwritten', async () => {
    const { result } = await check({
      hosts: [
        { name: 'esx01', volumes: ['prd-data', 'dev-data', 'dev-fra'], protocol_endpoint: 'pe' },
      ],
    });

    await expect(result).resolves.toBeUndefined();
  });
});
