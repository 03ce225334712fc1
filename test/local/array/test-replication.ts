import type { ReplicationSettings } from '../../../local/array/simulator.ts';
import type { ArrayState } from '../../../local/array/state-file.ts';
import { type CallOptions, createClient, GIB, startTestArray } from './test-array.ts';

export const SNAPSHOTS = '/protection-group-snapshots';
export const TRANSFERS = '/protection-group-snapshots/transfer';

/** Two groups of the production array replicate to fa-dr, one of them from within a pod. */
const production: ArrayState = {
  name: 'fa-prod',
  volumes: [
    { name: 'prd-0', size: 4 * GIB, tags: { owner: 'us' } },
    { name: 'prd-1', size: 2 * GIB },
    { name: 'pod-1::vg/data', size: GIB },
  ],
  protection_groups: [
    { name: 'prd-pg', volumes: ['prd-0', 'prd-1'], targets: ['fa-dr'] },
    { name: 'pg', pod: 'pod-1', volumes: ['pod-1::vg/data'], targets: ['fa-dr'] },
    { name: 'local-pg', volumes: ['prd-0'] },
  ],
};
const recovery: ArrayState = {
  name: 'fa-dr',
  volumes: [
    { name: 'dev-0', size: 4 * GIB },
    { name: 'dev-1', size: 2 * GIB },
  ],
  protection_groups: [{ name: 'dev-pg', volumes: ['dev-0', 'dev-1'] }],
};

export type Pair = Awaited<ReturnType<typeof startPair>>;

/** A source and a target, each with a client that has logged in, and a clock that stands still. */
export async function startPair(arrays: ArrayState[] = [production, recovery]) {
  const source = await startTestArray({ arrays });
  const { sim, clock } = source;
  const target = createClient(sim, 1);
  await target.login();
  const logIn = () => Promise.all([source.login(), target.login()]);
  return {
    source,
    target,
    sim,
    clock,
    /** Takes a snapshot and replicates it: `replicate_now`, unless the query says otherwise. */
    send: (
      suffix: string,
      query: CallOptions['query'] = { replicate_now: true },
      group = 'prd-pg',
    ) =>
      source.call('POST', SNAPSHOTS, {
        query: { source_names: group, ...query },
        body: { suffix },
      }),
    set: (settings: ReplicationSettings) => sim.setReplication(settings),
    /** The only transfer of that name on the target; undefined where the target does not know it. */
    transfer: async (name: string) => {
      const { status, body } = await target.call('GET', TRANSFERS, { query: { names: name } });
      return status === 200 ? body.items[0] : undefined;
    },
    reset: async () => {
      sim.reset();
      await logIn();
    },
    stop: async () => {
      await target.close();
      await source.stop();
    },
  };
}
