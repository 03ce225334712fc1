import { type Manifest, manifestSchema } from '../../lambda/refresh/manifest.ts';
import type { Replication } from '../../lambda/refresh/replication.ts';
import { runSchema } from '../../lambda/refresh/run.ts';
import type { ObjectStore } from '../../lambda/steps/ports.ts';
import type { JournalEntry, StateReport } from '../../local/array/simulator.ts';
import type { ExecutionResult, FlowEvent } from '../../local/flow.ts';
import type { JournalLine } from './stage.ts';

export type ArrayReport = StateReport['arrays'][number];
export type VolumeReport = ArrayReport['volumes'][number];

/** What a run did, and what it left behind. */
export interface RunReport {
  /** Run id. */
  readonly run: string;
  readonly result: ExecutionResult;
  readonly history: readonly FlowEvent[];
  readonly manifest: Manifest;
  /** Where the manifest lies: `manifests/<refresh>`. */
  readonly folder: string;
  /** The lines of `<run id>.volumes.txt`. */
  readonly snapshotVolumes: readonly string[];
  /** That reached the arrays. */
  readonly requests: readonly JournalEntry[];
  /** The source array. */
  readonly before: ArrayReport;
  readonly after: ArrayReport;
  /** The array with the target group: the second one, and the source array where there is no other. */
  readonly target: { readonly before: ArrayReport; readonly after: ArrayReport };
  /** What the machine waited in its Wait states, in seconds. */
  readonly waits: readonly number[];
  /** What reached the source database or an array, in order. */
  readonly journal: readonly JournalLine[];
}

/** What a run has recorded in the bucket; the manifest must be as its schema has it. */
export const readManifest = async (
  bucket: ObjectStore,
  result: ExecutionResult,
): Promise<Pick<RunReport, 'manifest' | 'folder' | 'snapshotVolumes'>> => {
  const { manifest: key = '' } = runSchema.parse(result.run);
  const text = await bucket.read(key);
  if (text === undefined) throw new Error(`The run left no manifest: ${JSON.stringify(result)}`);
  const lines = (await bucket.read(key.replace(/\.json$/, '.volumes.txt'))) ?? '';
  return {
    manifest: manifestSchema.parse(JSON.parse(text)),
    folder: key.slice(0, key.lastIndexOf('/')),
    snapshotVolumes: lines.split('\n').filter(Boolean),
  };
};

/** Requests that change an array: whatever is no read, no session's beginning or end, and no trial. */
export const mutations = (requests: readonly JournalEntry[]): JournalEntry[] =>
  requests.filter(({ method, path }) => method !== 'GET' && !/\/(?:login|logout|test)$/.test(path));

/** Requests to one array. */
export const requestsTo = (array: string, { requests }: RunReport): JournalEntry[] =>
  requests.filter((request) => request.array === array);

/** Requests by method and path without version: `POST /volumes/batch`. */
export const callsOf = (requests: readonly JournalEntry[]): string[] =>
  requests.map(({ method, path }) => `${method} ${path.replace(/^\/api\/2\.\d+/, '')}`);

/** Suffixes of the snapshots that guard a target group: of one under way, and of those that are released. */
const GUARD = /\.(?:refresh-in-progress|refresh-guard-|before-|restored-)[^.]*$/;

/** Names of the snapshots on an array that are no guards. */
export const copiedSnapshots = ({ snapshots }: ArrayReport): string[] =>
  snapshots.map(({ name }) => name).filter((name) => !GUARD.test(name));

/** Names of the guards on an array, without those that are destroyed. */
export const guardsOn = ({ snapshots }: ArrayReport): string[] =>
  snapshots.flatMap(({ name, destroyed }) => (GUARD.test(name) && !destroyed ? name : []));

/** What a run changes on the target's array in order to have the guard. */
export const TAKE_GUARD = [
  'POST /protection-group-snapshots',
  'PUT /volume-snapshots/tags/batch',
  'PUT /volume-snapshots/tags/batch',
  'PATCH /protection-group-snapshots',
];
/** How it notes on the guard that it begins to overwrite. */
export const NOTE_WRITING = 'PUT /volume-snapshots/tags/batch';
/** How it gives the guard up. */
export const RELEASE_GUARD = 'PATCH /protection-group-snapshots';

/** Where a run without hooks goes past them. */
const PAST_HOOKS = /^(?:Hooks .+|Snapshot Hooks To End|To Start Again|Undone)\?$/;

/** The states that the run entered, in order; again for each attempt is none. Without those that only lead past hooks. */
export const statesOf = ({ history }: RunReport): string[] =>
  history.flatMap((event) =>
    event.type === 'StateEntered' && !PAST_HOOKS.test(event.state.name) ? [event.state.name] : [],
  );

/** How far the replication had come at each look, in order. */
export const looksOf = ({ history }: RunReport): Replication[] =>
  history.flatMap((event) => {
    if (event.type !== 'StateEntered' || event.state.name !== 'Replicated?') return [];
    return runSchema.parse(event.state.input).replication ?? [];
  });

/** The largest document with which a state was entered, in bytes. */
export const largestDocument = ({ history }: RunReport): number =>
  Math.max(
    ...history.map((event) =>
      event.type === 'StateEntered' ? Buffer.byteLength(JSON.stringify(event.state.input)) : 0,
    ),
  );
