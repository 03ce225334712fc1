import { refreshOf } from './ended-execution.ts';
import { type Ended, errorOf, kindOf, type NoticeKind } from './notice.ts';

/**
 * The detail of the event `FlashArray Refresh`, one for every run that has come to its end, and for every request that did
 * not even start one.
 */
export interface RunEvent {
  readonly kind: NoticeKind;
  /** As in the manifest; that of the execution where there is none; `NOT_STARTED` or `START_FAILED` without a run. */
  readonly status: string;
  /** As in the manifest; `unknown` where there is none, but `untouched` where a request to refresh it was refused. */
  readonly target: string;
  readonly refresh: string | null;
  /** Null where none was started. */
  readonly run: string | null;
  readonly execution: string | null;
  readonly source_protection_group: string | null;
  readonly target_protection_group: string | null;
  /** The instant that was copied. */
  readonly snapshot: { readonly name: string; readonly created: string | null } | null;
  /** `s3://bucket/key`; null where the run could not write one. */
  readonly manifest: string | null;
  readonly error: { readonly name: string; readonly message: string } | null;
}

export const EVENT_SOURCE = 'flasharray-refresh';
export const EVENT_TYPE = 'FlashArray Refresh';

/** What other programs are told of an end. */
export const eventOf = (ended: Ended): RunEvent => {
  const { execution, manifest, location } = ended;
  const { name, message } = errorOf(ended);
  return {
    kind: kindOf(ended),
    status: manifest?.status ?? execution.status,
    target: manifest?.target ?? 'unknown',
    refresh: manifest ? manifest.refresh : (refreshOf(execution) ?? null),
    run: execution.name,
    execution: execution.executionArn,
    source_protection_group: manifest?.source_protection_group ?? null,
    target_protection_group: manifest?.target_protection_group ?? null,
    snapshot: manifest?.snapshot
      ? { name: manifest.snapshot.name, created: manifest.snapshot.created }
      : null,
    manifest: location,
    error: execution.status === 'SUCCEEDED' ? null : { name, message },
  };
};
