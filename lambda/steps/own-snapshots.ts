import { splitMessage } from '../refresh/errors.ts';
import { type Making, madeKeys, madeTags, readMadeTags } from '../refresh/made-tags.ts';
import { groupSnapshotName, nameKey } from '../refresh/naming.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { OwnSnapshot } from '../refresh/retention.ts';
import type { OwnSnapshots, Run } from '../refresh/run.ts';
import { groupSnapshotOf } from './look-at-guards.ts';
import type { FlashArray, ObjectStore, Ports, SnapshotTag, Tag } from './ports.ts';
import { prepared } from './prepared-run.ts';
import { findOwner, ownerOf } from './refresh-owner.ts';

/** The marks by which a refresh knows the snapshots that it has made: how they are put on, and how they are found. */

/** What goes onto a snapshot that is about to be made. */
export interface MakingMarks {
  readonly tags: readonly Tag[];
  readonly warnings: readonly string[];
}

export const NOT_MARKED: MakingMarks = { tags: [], warnings: [] };

/** The marks of this run, if it keeps so many only. Where they cannot be known, the snapshot gets none, and stays. */
export const makingTags = async (
  { execution }: Run,
  { refresh, keep_snapshots }: RefreshRequest,
  snapshot: string,
  store: ObjectStore,
): Promise<MakingMarks> => {
  if (keep_snapshots === null) return NOT_MARKED;
  try {
    const owner = await ownerOf(store, refresh, execution);
    return { tags: madeTags({ refresh, owner, execution, snapshot }), warnings: [] };
  } catch (error) {
    return { tags: [], warnings: [notMarked(snapshot, error)] };
  }
};

const notMarked = (groupSnapshot: string, error: unknown): string => {
  const { message } = splitMessage(error instanceof Error ? error.message : String(error));
  return `Snapshot "${groupSnapshot}" could not be marked, so no later run destroys it. ${message}`;
};

/**
 * Marks a snapshot where the request that made it could not: on the first of its members, so that it is one request, which
 * is carried out or not. Without the mark the snapshot is as good, and stays.
 * @returns warnings
 */
export const markAsMade = async (
  array: FlashArray,
  groupSnapshot: string,
  tags: readonly Tag[],
): Promise<string[]> => {
  if (tags.length === 0) return [];
  try {
    const [first] = await array.volumeSnapshots(groupSnapshot);
    if (first) await array.tagSnapshots([first.id], tags, { copyable: false });
    return [];
  } catch (error) {
    return [notMarked(groupSnapshot, error)];
  }
};

/** A snapshot that the refresh has made, and by which execution. */
export interface MadeSnapshot extends OwnSnapshot {
  readonly execution: string;
}

/** The marks of the snapshots of the run's source that its refresh has made and that are not destroyed. */
export const findOwnMarks = async (
  run: Run,
  array: FlashArray,
  store: ObjectStore,
): Promise<Making[]> => {
  const refresh = run.refresh ?? '';
  const owner = await findOwner(store, refresh);
  if (owner === undefined) return [];
  const marks = await findMarks(array, prepared(run).group);
  return [...marks.values()].filter((made) => made.refresh === refresh && made.owner === owner);
};

/** How many of them there are; undefined where that cannot be told: whoever destroys any looks for himself. */
export const countOwn = async (
  run: Run,
  array: FlashArray,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
): Promise<OwnSnapshots | undefined> => {
  const seen = clock.now().toISOString();
  try {
    return { count: (await findOwnMarks(run, array, store)).length, seen };
  } catch {
    return undefined;
  }
};

/** The snapshots that bear these marks. */
export const lookAtMarked = async (
  array: FlashArray,
  marks: readonly Making[],
): Promise<MadeSnapshot[]> => {
  const executions = new Map(
    marks.map(({ snapshot, execution }) => [nameKey(snapshot), execution]),
  );
  const found = await array.groupSnapshotsNamed(marks.map(({ snapshot }) => snapshot));
  return found.flatMap(({ name, created, destroyed }) => {
    const execution = executions.get(nameKey(name));
    return destroyed || execution === undefined ? [] : [{ name, created, execution }];
  });
};

/** By name, of all snapshots of the group that bear the marks of a refresh. */
const findMarks = async (array: FlashArray, group: string): Promise<Map<string, Making>> => {
  const names = [groupSnapshotName(group, '*')];
  // Since the array was upgraded the one, and those from before it the other.
  const { snapshotTags } = await array.capabilities();
  const [ofMembers, ofGroups] = await Promise.all([
    array.tagsOfMembers(names, madeKeys),
    snapshotTags ? array.tagsOfGroupSnapshots(names, madeKeys) : [],
  ]);
  const marks = [
    ...bySnapshot(ofMembers).map(([name, tags]) =>
      readMadeTags(tags, groupSnapshotOf(name, group)),
    ),
    ...bySnapshot(ofGroups).map(([name, tags]) => readMadeTags(tags, name)),
  ].filter((making) => making !== undefined);
  return new Map(marks.map((making) => [nameKey(making.snapshot), making]));
};

const bySnapshot = (tags: readonly SnapshotTag[]): [string, SnapshotTag[]][] => [
  ...Map.groupBy(tags, ({ snapshot }) => snapshot),
];
