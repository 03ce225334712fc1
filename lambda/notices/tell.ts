import { readManifest } from '../steps/current-manifest.ts';
import { listRefreshes } from '../steps/definitions.ts';
import type { ObjectStore } from '../steps/ports.ts';
import { manifestKey } from '../steps/record.ts';
import { type EndedExecution, refreshOf } from './ended-execution.ts';
import { type FailedStart, readFailedStart } from './failed-start.ts';
import { type Ended, type Notice, type NoticeKind, noticeOf } from './notice.ts';
import { eventOf, type RunEvent } from './run-event.ts';
import { type Measurement, measurementsOf } from './run-metrics.ts';
import { eventOfUnstarted, noticeOfUnstarted } from './unstarted.ts';

/** Who is told, and how. */
export interface NoticePorts {
  readonly store: Pick<ObjectStore, 'read' | 'list'>;
  /** Where others find an object of the bucket. */
  readonly locate: (key: string) => string;
  /** Whether people are told of ends of this kind. */
  readonly isWanted: (kind: NoticeKind) => boolean;
  readonly publish: (notice: Notice) => Promise<void>;
  readonly putEvent: (event: RunEvent) => Promise<void>;
  readonly measure: (refresh: string, measurements: readonly Measurement[], run?: string) => void;
}

export interface Told {
  readonly kind: NoticeKind;
  /** Whether people were. */
  readonly told: boolean;
}

/** Tells of the end of an execution: other programs, people where they want it, and CloudWatch. */
export const tellEnd = async (execution: EndedExecution, ports: NoticePorts): Promise<Told> => {
  const ended = await lookAt(execution, ports);
  // A name that no refresh has is none to measure under.
  const refresh = ended.manifest ? ended.manifest.refresh : refreshOf(execution);
  if (refresh) ports.measure(refresh, measurementsOf(ended), execution.name);
  return tell(noticeOf(ended), eventOf(ended), ports);
};

/** Tells the same of a request of which the start function has made no run. */
export const tellUnstarted = async (record: FailedStart, ports: NoticePorts): Promise<Told> => {
  const unstarted = readFailedStart(record);
  const { refresh } = unstarted;
  if (refresh !== null && (await isDefined(refresh, ports)))
    ports.measure(refresh, [{ name: 'RunsFailed', unit: 'Count', value: 1 }]);
  return tell(noticeOfUnstarted(unstarted), eventOfUnstarted(unstarted), ports);
};

const isDefined = async (refresh: string, { store }: NoticePorts): Promise<boolean> => {
  try {
    return (await listRefreshes(store)).includes(refresh);
  } catch {
    // The bucket may be the very reason why no run was started: people have to hear of that, measured or not.
    return false;
  }
};

const tell = async (notice: Notice, event: RunEvent, ports: NoticePorts): Promise<Told> => {
  const told = ports.isWanted(notice.kind);
  // One that fails must not keep the other from being done; the function is called again for both.
  const done = await Promise.allSettled([
    ports.putEvent(event),
    told ? ports.publish(notice) : undefined,
  ]);
  for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason;
  return { kind: notice.kind, told };
};

const lookAt = async (execution: EndedExecution, ports: NoticePorts): Promise<Ended> => {
  // A request that named no refresh that there is has left its manifest where those of nobody lie.
  for (const refresh of [refreshOf(execution), undefined]) {
    const key = manifestKey(refresh, execution.name);
    const manifest = await readManifest(ports.store, key);
    // Of a run that was ended while hooks read it: what it says of the target was true before.
    if (manifest && manifest.status !== 'RUNNING')
      return { execution, manifest, location: ports.locate(key) };
  }
  return { execution, manifest: undefined, location: null };
};
