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
import { isFresh } from './hold-lock.ts';
import { lookAtOlder } from './look-at-older.ts';
import { findOwnMarks, lookAtMarked, type MadeSnapshot } from './own-snapshots.ts';
import type { FlashArray, Ports } from './ports.ts';
import { sourceSnapshot } from './prepared-run.ts';

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
  const { own_snapshots: own } = run;
  if (own && own.count <= keep && isFresh(own.seen, ports.clock))
    return { retention: allKept(keep, own.count), warnings: [] };
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
  const [{ kept, older }, asked] = await Promise.all([
    lookAtMade(run, keep, arrays.source, ports),
    findDocument(ports.store, run.id, retentionDocument),
  ]);
  const considered = older.slice(0, MOST_DESTROYED);
  const look = considered.length > 0 ? await lookAtOlder(considered, run, arrays, ports) : NOTHING;
  const { going, left } = chooseGoing(look.candidates, look.locks);
  const about = allKept(keep, kept);
  const warnings = Object.values(PROTECTED)
    .filter((reason) => left.some((one) => one.reason === reason))
    .map((reason) => `Older snapshots of the source stay: ${reason}.`);
  if (!run.execute) {
    return { retention: { ...about, would_destroy: namesOf(going), left: [...left] }, warnings };
  }
  const before = await destroyedAmong(asked, arrays);
  if (going.length > 0) await noteAsked(run, asked, going, ports);
  const done = await destroyOlder(going, arrays, () => ports.clock.now().getTime() > until);
  const stays = new Set(done.left.map(({ name }) => nameKey(name)));
  const destroyed = [...before, ...namesOf(going).filter((name) => !stays.has(nameKey(name)))];
  return {
    retention: { ...about, destroyed: inOrder(destroyed), left: [...left, ...done.left] },
    warnings: [...warnings, ...done.warnings],
  };
};

const allKept = (keep: number, kept: number): Retention => ({
  keep,
  kept,
  destroyed: [],
  would_destroy: [],
  left: [],
});

const NOTHING = { candidates: [], locks: { source: false, target: false } };

/** How many are kept, and those beyond. The one that a dry run would make counts. */
const lookAtMade = async (
  run: Run,
  keep: number,
  array: FlashArray,
  { store }: Ports,
): Promise<{ readonly kept: number; readonly older: readonly MadeSnapshot[] }> => {
  const marks = await findOwnMarks(run, array, store);
  const { execution } = run;
  const planned =
    run.snapshot?.created === null
      ? [{ name: sourceSnapshot(run), created: Number.POSITIVE_INFINITY, execution }]
      : [];
  // When none is beyond what is kept, their order does not matter.
  const count = marks.length + planned.length;
  if (count <= keep) return { kept: count, older: [] };
  const { kept, older } = splitKept([...(await lookAtMarked(array, marks)), ...planned], keep);
  return { kept: kept.length, older };
};

const namesOf = (going: readonly Going[]): string[] =>
  going.flatMap(({ snapshot, replica }) =>
    replica === undefined ? [snapshot] : [snapshot, replica],
  );

const NONE: Asked = { source: [], target: [] };

/** Notes what is about to be destroyed, beside what an earlier attempt of this step has noted. */
const noteAsked = (
  run: Run,
  { source, target }: Asked = NONE,
  going: readonly Going[],
  { store }: Ports,
): Promise<void> =>
  writeDocument(store, run.id, retentionDocument, {
    source: inOrder([...source, ...going.map(({ snapshot }) => snapshot)]),
    target: inOrder([...target, ...going.flatMap(({ replica }) => replica ?? [])]),
  });

/** What an earlier attempt of this step has destroyed: its manifest was not written. */
const destroyedAmong = async (
  asked: Asked = NONE,
  { source, target }: Arrays,
): Promise<string[]> => {
  const found = await Promise.all([
    source.groupSnapshotsNamed(asked.source),
    target.groupSnapshotsNamed(asked.target),
  ]);
  return found.flat().flatMap(({ name, destroyed }) => (destroyed ? [name] : []));
};

/** Each once. */
const inOrder = (names: readonly string[]): string[] =>
  [...new Map(names.map((name) => [nameKey(name), name])).values()].sort(compareNames);
