import { afterEach, describe, expect, it } from 'vitest';
import { refuseSharedHosts } from '../../../lambda/steps/refuse-shared-hosts.ts';
import type { Fault } from '../../../local/array/simulator.ts';
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
  const sources = await array.volumes(['prd-data']);
  const targets = await array.volumes(['dev-data', 'dev-fra']);
  return {
    requests,
    result: refuseSharedHosts({ source: array, target: array }, sources, targets),
  };
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

  it('on no host at all need no second look', async () => {
    const { result, requests } = await check({ hosts: [{ name: 'prd01', volumes: ['prd-data'] }] });

    await expect(result).resolves.toBeUndefined();
    expect(requests()).not.toContain('GET /connections');
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

  it('of which the array does not say how often they are connected are looked at', async () => {
    const { array, simulator } = await startSimulatedArray({
      state: {
        volumes: [volume('prd-data', 1), volume('dev-data', 1)],
        hosts: [{ name: 'prd01', volumes: ['prd-data', 'dev-data'] }],
      },
    });
    const unsaid = (name: string): Fault => ({
      path: '/volumes',
      effect: {
        status: 200,
        body: {
          items: [
            { id: name, name, serial: '0', provisioned: 1, created: 1, connection_count: null },
          ],
        },
      },
    });
    simulator.addFaults([unsaid('prd-data')]);
    const sources = await array.volumes(['prd-data']);
    simulator.addFaults([unsaid('dev-data')]);
    const targets = await array.volumes(['dev-data']);

    expect(
      (await rejectionOf(refuseSharedHosts({ source: array, target: array }, sources, targets)))
        .name,
    ).toBe('SharedHost');
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
