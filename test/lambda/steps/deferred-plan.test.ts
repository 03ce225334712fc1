import { afterEach, expect, it } from 'vitest';
import { planDocument, readDocument } from '../../../lambda/steps/documents.ts';
import { findReplicas } from '../../../lambda/steps/look-at-replication.ts';
import { planOverwrite } from '../../../lambda/steps/plan-overwrite.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { takeSnapshot } from '../../../lambda/steps/take-snapshot.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays, volume } from '../support/simulated-array.ts';
import { begun } from './support/bench.ts';
import {
  plannedOnReplica,
  REPLICA,
  type ReplicationBench,
  setUpReplication,
  untilReplicated,
} from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

const planOf = ({ ports }: ReplicationBench) => readDocument(ports.store, begun().id, planDocument);

/** The ids that the replicas of prd-data-0 and prd-data-1 get: the simulator makes the same ones each time. */
const learnReplicaIds = async (): Promise<(string | null)[]> => {
  const bench = await setUpReplication();
  await plannedOnReplica(bench);
  return (await planOf(bench)).pairs.map(({ source }) => source.replica_id);
};

const taggedTarget = (first: string | null, second: string | null) => ({
  volumes: [
    volume('dev-data-0', 120, { tags: { snapshot_mapping: second ?? '' } }),
    volume('dev-data-1', 120, { tags: { snapshot_mapping: first ?? '' } }),
  ],
});

it('tags with the ids of replicas that are gone are understood once the snapshot has arrived', async () => {
  const [first = null, second = null] = await learnReplicaIds();
  const bench = await setUpReplication({ target: taggedTarget(first, second) });

  const prepared = await prepare(begun(), bench.ports);
  const early = await planOf(bench);
  const arrived = await untilReplicated(await takeSnapshot(prepared, bench.ports), bench);
  await planOverwrite(arrived, bench.ports);
  const final = await planOf(bench);

  expect(early).toMatchObject({ hash: null, pairs: [] });
  expect(early.warnings.join()).toContain('decided when the snapshot has arrived');
  expect(final.pairs.map(({ source, target, rule }) => [source.name, target.name, rule])).toEqual([
    ['prd-data-0', 'dev-data-1', 'tag'],
    ['prd-data-1', 'dev-data-0', 'tag'],
  ]);
});

it('tags that are nobody’s refuse the run then, before anything is written', async () => {
  const bench = await setUpReplication({ target: taggedTarget('nobody', 'no-one') });

  const prepared = await prepare(begun(), bench.ports);
  const arrived = await untilReplicated(await takeSnapshot(prepared, bench.ports), bench);

  expect((await rejectionOf(planOverwrite(arrived, bench.ports))).name).toBe('PairingIncomplete');
});

it('a replica that was there before the snapshot is not taken for it', async () => {
  const bench = await setUpReplication();
  await plannedOnReplica(bench);
  const { pairs } = await planOf(bench);
  const members = pairs.map(({ source }) => ({
    ...source,
    snapshot: `prd-pg.s1.${source.name}`,
    created: (source.created ?? 0) + 3_600_000,
  }));

  const refusal = await rejectionOf(findReplicas(bench.target, members, 'prd-pg.s1', REPLICA));

  expect(refusal.name).toBe('ReplicaOutdated');
});
