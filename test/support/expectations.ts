import { expect } from 'vitest';
import { madeKeys } from '../../lambda/refresh/made-tags.ts';
import { databasePairs, type Pairs } from './databases.ts';
import {
  type ArrayReport,
  guardsOn,
  mutations,
  type RunReport,
  requestsTo,
  type VolumeReport,
} from './run-report.ts';

/**
 * The run succeeded, and with these pairs (those of the database and its copy, if none are given): each target has the
 * content that its source had when the snapshot was taken, its size and its tag, and is otherwise the volume that it
 * was. Everything else on the arrays is as before.
 */
export const expectRefreshed = (report: RunReport, pairs: Pairs = databasePairs): void => {
  const { manifest, result, before, after, target } = report;
  const [on, other] = manifest.replication
    ? [target, { before, after }]
    : [{ before, after }, target];
  expect(result).toMatchObject({ status: 'SUCCEEDED' });
  expect(manifest).toMatchObject({ status: 'SUCCEEDED', target: 'refreshed', error: null });
  expect(pairsOf(report)).toEqual(pairs);
  const copied = manifest.replication?.snapshot ?? manifest.snapshot?.name;
  const snapshot = on.after.snapshots.find(({ name }) => name === copied);
  const expected = on.before.volumes.map((volume): VolumeReport => {
    const pair = manifest.pairs.find(({ target }) => target.id === volume.id);
    if (!pair) return volume;
    const frozen = snapshot?.volumes.find(({ name }) => name === pair.snapshot);
    if (!snapshot || !frozen) throw new Error(`There is no snapshot ${pair.snapshot}.`);
    const source = before.volumes.find(({ id }) => id === pair.source.id);
    if (!manifest.snapshot?.reused) expect(frozen.fingerprint).toBe(source?.fingerprint);
    return {
      ...volume,
      size: frozen.size,
      created: snapshot.created,
      fingerprint: frozen.fingerprint,
      // Copyable tags of a source travel with its content.
      tags: { ...volume.tags, ...withoutMarks(frozen.tags), snapshot_mapping: pair.source.id },
      source: frozen.source,
    };
  });
  expect(on.after.volumes).toEqual(expected);
  expectGuard(report, on);
  if (other.after.name !== on.after.name) expect(other.after.volumes).toEqual(other.before.volumes);
};

/** All tags but those that say of a snapshot who has made it. */
export const withoutMarks = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !madeKeys.includes(key)));

/**
 * The guard that the manifest names holds what the targets held before: before the run, unless it has cleared up first.
 * The lock is free, unless the manifest says that it could not be released.
 */
const expectGuard = (
  { manifest }: RunReport,
  { before, after }: { readonly before: ArrayReport; readonly after: ArrayReport },
): void => {
  expect(manifest.verified).not.toBeNull();
  const guard = after.snapshots.find(({ name }) => name === manifest.guard);
  if (!guard) throw new Error(`There is no snapshot ${manifest.guard}.`);
  if (!manifest.warnings.some((warning) => warning.includes('could not be released'))) {
    expect(guard.destroyed).toBe(false);
    expect(guardsOn(after)).not.toContainEqual(expect.stringMatching(/\.refresh-/));
  }
  if (manifest.recovered) return;
  for (const { target } of manifest.pairs) {
    const kept = guard.volumes.find(({ source }) => source?.id === target.id);
    const held = before.volumes.find(({ id }) => id === target.id);
    expect(kept?.fingerprint).toBe(held?.fingerprint);
  }
};

/** Of a volume that was put back, what must be as it was: `created` and `source` are those of a copy. */
const asBefore = ({ created: _, source: __, ...volume }: VolumeReport) => volume;

/**
 * The run failed with this error after it may have begun to overwrite, and the target is what it was: contents, sizes and
 * tags. The lock is free.
 */
export const expectRestored = (report: RunReport, error: string): void => {
  const { manifest, before, after, target } = report;
  expectFailure(report, error);
  expect(manifest).toMatchObject({ target: 'restored', recovery_steps: [] });
  expect(after.volumes.map(asBefore)).toEqual(before.volumes.map(asBefore));
  expect(target.after.volumes.map(asBefore)).toEqual(target.before.volumes.map(asBefore));
  expect(guardsOn(target.after)).not.toContainEqual(expect.stringMatching(/\.refresh-/));
};

/** The pairs in the manifest, by name. */
export const pairsOf = ({ manifest }: RunReport): Pairs =>
  Object.fromEntries(manifest.pairs.map(({ source, target }) => [source.name, target.name]));

/** Nothing on the arrays changed, and nothing was sent that could have changed it. */
export const expectUntouched = ({ requests, before, after, target }: RunReport): void => {
  expect(mutations(requests)).toEqual([]);
  expect(after).toEqual(before);
  expect(target.after).toEqual(target.before);
};

/** The run failed with this error, in the execution's result and in the manifest alike. */
export const expectFailure = ({ result, manifest }: RunReport, error: string): void => {
  expect(result).toMatchObject({ status: 'FAILED', error });
  expect(manifest).toMatchObject({ status: 'FAILED', error: { name: error } });
  expect(manifest.error?.message).not.toBe('');
  expect(manifest.error?.remedy).toEqual(expect.stringMatching(/\w/));
};

/** The run failed with this error after it had begun to replicate, and nothing was done to the second array's volumes. */
export const expectFailedOnTheWay = (report: RunReport, error: string): void => {
  const { manifest, before, after, target } = report;
  expectFailure(report, error);
  expect(manifest.target).toBe('untouched');
  expect(after.volumes).toEqual(before.volumes);
  expect(target.after.volumes).toEqual(target.before.volumes);
  expect(mutations(requestsTo(target.after.name, report))).toEqual([]);
};

/** The run was refused with this error before it changed anything. */
export const expectRefused = (report: RunReport, error: string): void => {
  expectFailure(report, error);
  expect(report.manifest.target).toBe('untouched');
  expectUntouched(report);
};
