import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import { AT_ONCE, few } from './support/few.ts';
import { type Fault, Hosts } from './support/hosts.ts';
import { asUsual, type Topology } from './support/world.ts';

/**
 * Whatever command fails before the overwrite, the database ends as it was found. `npm test` lets every single one fail;
 * what needs the step restore, or a second failure, it takes some of, and `npm run test:runbooks` all.
 */
const topologies: Topology[] = ['single', 'rac'];

interface Failure extends Fault {
  readonly call: string;
}

/** Failures at each call that the last step has made, or only at those that change something. */
const failures = (hosts: Hosts, of: 'calls' | 'changes', how: Fault['how'], suffix = '') => {
  const some = new Set(hosts[of]);
  expect(some.size).toBeGreaterThan(0);
  return hosts.calls
    .map((call, index): Failure => ({ at: `${index + 1}${suffix}`, how, call }))
    .filter(({ call }) => some.has(call));
};

describe.each(topologies)('%s', (topology) => {
  const stopped = async (fault?: Failure) => {
    const hosts = new Hosts(topology);
    const { code } = await hosts.run('stop', { fault });
    expect(code === 0, fault?.call).toBe(fault === undefined);
    return hosts;
  };

  it('one fails: the stop itself puts all back', async () => {
    const calm = await stopped();
    const cases = [...failures(calm, 'calls', 'before'), ...failures(calm, 'changes', 'after')];

    await pMap(
      cases,
      async (fault) => {
        const hosts = await stopped(fault);

        expect(hosts.state, `${fault.how} ${fault.call}`).toEqual(asUsual(topology));
      },
      AT_ONCE,
    );
  }, 600_000);

  it('one fails and all after it, or the script is killed: restore puts all back', async () => {
    const calm = await stopped();
    const cases = [
      ...few(failures(calm, 'calls', 'before', '-'), 1),
      ...few(failures(calm, 'changes', 'kill'), 1),
    ];

    await pMap(
      cases,
      async (fault) => {
        const hosts = await stopped(fault);

        const { code, output } = await hosts.run('restore');

        expect(code, `${fault.how} ${fault.call}: ${output}`).toBe(0);
        expect(hosts.state, fault.call).toEqual(asUsual(topology));
      },
      AT_ONCE,
    );
  }, 600_000);

  it('one of restore fails, or it is killed: restore again puts all back', async () => {
    const down = await stopped();
    const calm = down.copy();
    await calm.run('restore');
    const cases = few(
      [
        ...failures(calm, 'calls', 'before'),
        ...failures(calm, 'changes', 'after'),
        ...failures(calm, 'changes', 'kill'),
      ],
      2,
    );

    await pMap(
      cases,
      async (fault) => {
        const hosts = down.copy();
        expect((await hosts.run('restore', { fault })).code, fault.call).not.toBe(0);

        const { code, output } = await hosts.run('restore');

        expect(code, `${fault.how} ${fault.call}: ${output}`).toBe(0);
        expect(hosts.state, fault.call).toEqual(asUsual(topology));
      },
      AT_ONCE,
    );
  }, 600_000);
});
