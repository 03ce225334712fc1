import { splitMessage } from '../refresh/errors.ts';
import { compareNames, nameKey } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import {
  chooseGoing,
  type Going,
  MOST_DESTROYED,
  PROTECTED,
  type Retention,
  splitKept,
} from '../refresh/retention.ts';
import type { Run } from '../refresh/run.ts';
import { type Arrays, openArrays } from './arrays.ts';
import { destroyOlder } from './destroy-older.ts';
import { type Asked, findDocument, retentionDocument, writeDocument } from './documents.ts';
import { lookAtOlder } from './look-at-older.ts';
import { lookAtOwn, type MadeSnapshot } from './own-snapshots.ts';
import type { FlashArray, Ports } from './ports.ts';
import { prepared } from './prepared-run.ts';
import { findOwner } from './refresh-owner.ts';

/** What the manifest tells of it. */
export interface Retained {
  readonly retention?: Retention;
  readonly warnings: readonly string[];
}

/** For how long destroying goes on, in milliseconds: the manifest is still to be written in this step. */
const BUDGET_MS = 60_000;

/**
 * Destroys older snapshots that this refresh has made of its source, on both arrays; nothing is eradicated. A dry run
 * says which would go. The run has done what it should: whatever fails here is a warning, and the next run goes on with it.
 */
export const retainSnapshots = async (
  run: Run,
  request: RefreshRequest,
  ports: Ports,
): Promise<Retained> => {
  const { keep_snapshots: keep } = request;
  if (keep === null || run.ends_recovered) return { warnings: [] };
  try {
    return await retain(run, keep, await openArrays(ports, request), ports);
  } catch (error) {
    const { message } = splitMessage(error instanceof Error ? error.message : String(error));
    return {
      warnings: [
        `Older snapshots of the source stay, or some of them; the next run looks again. ${message}`,
      ],
    };
  }
};

const retain = async (run: Run, keep: number, arrays: Arrays, ports: Ports): Promise<Retained> => {
  const until = ports.clock.now().getTime() + BUDGET_MS;
  const { kept, older } = splitKept(await lookAtMade(run, arrays.source, ports), keep);
  const considered = older.slice(0, MOST_DESTROYED);
  const look = considered.length > 0 ? await lookAtOlder(considered, run, arrays, ports) : NOTHING;
  const { going, left } = chooseGoing(look.candidates, look.locks);
  const about = { keep, kept: kept.length, destroyed: [], would_destroy: [] };
  const warnings = Object.values(PROTECTED)
    .filter((reason) => left.some((one) => one.reason === reason))
    .map((reason) => `Older snapshots of the source stay: ${reason}.`);
  if (!run.execute) {
    return { retention: { ...about, would_destroy: namesOf(going), left: [...left] }, warnings };
  }
  const before = await destroyedBefore(run, arrays, ports);
  if (going.length > 0) await noteAsked(run, going, ports);
  const done = await destroyOlder(going, arrays, () => ports.clock.now().getTime() > until);
  const stays = new Set(done.left.map(({ name }) => nameKey(name)));
  const destroyed = [...before, ...namesOf(going).filter((name) => !stays.has(nameKey(name)))];
  return {
    retention: { ...about, destroyed: inOrder(destroyed), left: [...left, ...done.left] },
    warnings: [...warnings, ...done.warnings],
  };
};

const NOTHING = { candidates: [], locks: { source: false, target: false } };

/** With the one that a dry run would make. */
const lookAtMade = async (
  run: Run,
  array: FlashArray,
  { store }: Ports,
): Promise<MadeSnapshot[]> => {
  const { group, snapshotName } = prepared(run);
  const refresh = run.refresh ?? '';
  const owner = await findOwner(store, refresh);
  const own = owner === undefined ? [] : await lookAtOwn(array, group, refresh, owner);
  if (run.snapshot?.created !== null) return own;
  return [
    ...own,
    { name: snapshotName, created: Number.POSITIVE_INFINITY, execution: run.execution },
  ];
};

const namesOf = (going: readonly Going[]): string[] =>
  going.flatMap(({ snapshot, replica }) =>
    replica === undefined ? [snapshot] : [snapshot, replica],
  );

const NONE: Asked = { source: [], target: [] };

/** Notes what is about to be destroyed, beside what an earlier attempt of this step has noted. */
const noteAsked = async (run: Run, going: readonly Going[], { store }: Ports): Promise<void> => {
  const earlier = (await findDocument(store, run.id, retentionDocument)) ?? NONE;
  await writeDocument(store, run.id, retentionDocument, {
    source: inOrder([...earlier.source, ...going.map(({ snapshot }) => snapshot)]),
    target: inOrder([...earlier.target, ...going.flatMap(({ replica }) => replica ?? [])]),
  });
};

/** What an earlier attempt of this step has destroyed: its manifest was not written. */
const destroyedBefore = async (
  run: Run,
  { source, target }: Arrays,
  { store }: Ports,
): Promise<string[]> => {
  const asked = (await findDocument(store, run.id, retentionDocument)) ?? NONE;
  const found = await Promise.all([
    source.groupSnapshotsNamed(asked.source),
    target.groupSnapshotsNamed(asked.target),
  ]);
  return found.flat().flatMap(({ name, destroyed }) => (destroyed ? [name] : []));
};

/** Each once. */
const inOrder = (names: readonly string[]): string[] =>
  [...new Map(names.map((name) => [nameKey(name), name])).values()].sort(compareNames);
