import * as z from 'zod';
import { databaseFactsSchema } from './database-facts.ts';
import { replicationSchema } from './replication.ts';
import { modes, triggers } from './request.ts';

/**
 * One step of a run, for the manifest: when it began, how long it took, how many requests it sent to arrays. All looks at
 * one transfer are one step: when the first began, and the sums.
 */
export const stepRecord = z.strictObject({
  step: z.string(),
  /** ISO 8601. */
  started: z.string(),
  ms: z.number().int().nonnegative(),
  requests: z.number().int().nonnegative(),
});

/** What a state's Catch stores: the error's name and Lambda's JSON document about it. */
const failureSchema = z.object({ Error: z.string(), Cause: z.string().optional() });

export const arraySchema = z.strictObject({
  name: z.string(),
  host: z.string(),
  rest_version: z.string(),
});
export type ArrayIdentity = z.output<typeof arraySchema>;

export const errorRecord = z.strictObject({
  name: z.string(),
  message: z.string(),
  remedy: z.string().nullable(),
});
export type ErrorRecord = z.output<typeof errorRecord>;

export const snapshotSchema = z.strictObject({
  /** `pg.SUFFIX`. */
  name: z.string(),
  /** ISO 8601; null while it does not exist. */
  created: z.string().nullable(),
  /** Whether it was there before this run. */
  reused: z.boolean(),
});

/** How many snapshots of its source the refresh has made, as it was counted while there was something to wait for anyway. */
const ownSnapshotsSchema = z.strictObject({
  count: z.number().int(),
  /** When it was counted, ISO 8601. */
  seen: z.iso.datetime(),
});
export type OwnSnapshots = z.output<typeof ownSnapshotsSchema>;

export const statuses = [
  'PLANNED',
  'CHECKED',
  'RUNNING',
  'SNAPSHOT_ONLY',
  'SUCCEEDED',
  'FAILED',
] as const;
export const targetStates = ['none', 'untouched', 'refreshed', 'restored', 'mixed'] as const;
export type TargetState = (typeof targetStates)[number];

/** How the overwrite was found to be complete: by the volumes' `created`, or by the array's answers alone. */
export const verifications = ['created', 'answers'] as const;

/** The run's own guard: the snapshot of the target group that undoes the overwrite. */
const guardSchema = z.strictObject({
  /** Its name now. */
  snapshot: z.string().nullable(),
  /** Its id on the array; null before it is taken, and below REST 2.26. */
  id: z.string().nullable(),
  /** When the run last saw that it holds the lock, ISO 8601. */
  seen: z.iso.datetime().nullable(),
  /** Whether an attempt to overwrite stayed without an answer. */
  in_doubt: z.boolean(),
  /** How long a request without an answer is waited for, in seconds. Routes after Overwrite Volumes and Roll Back. */
  wait_seconds: z.number().int(),
  /** Whether that has been waited. */
  settled: z.boolean(),
  /** Whether the volumes have been put back, and only late effects are waited for. */
  put_back: z.boolean(),
  /** Whether Roll Back has come to its end. Routes after it. */
  done: z.boolean(),
  verified: z.enum(verifications).nullable(),
  /** What has become of the target; null while it may be mixed. */
  target: z.enum(['untouched', 'refreshed', 'restored']).nullable(),
});
export type RunGuard = z.output<typeof guardSchema>;

/** The guard of a run that has none yet. */
export const NO_GUARD: RunGuard = {
  snapshot: null,
  id: null,
  seen: null,
  in_doubt: false,
  wait_seconds: 0,
  settled: false,
  put_back: false,
  done: false,
  verified: null,
  target: null,
};

/** What was done about the guard of a run that ended in the middle. */
export const recoveredSchema = z.strictObject({
  /** The run whose overwrite it guarded; null where that cannot be told. */
  run: z.string().nullable(),
  /**
   * `nothing` – there was nothing to clear up; `refreshed` – it had succeeded, so its copy stays; `untouched` – it had
   * overwritten nothing; `restored` – the target was put back; null while it is under way.
   */
  outcome: z.enum(['nothing', 'refreshed', 'untouched', 'restored']).nullable(),
});
export type Recovered = z.output<typeof recoveredSchema>;

const recoverySchema = recoveredSchema.extend({
  /** ARN of the execution that held it when it was found; null where that cannot be told. */
  owner: z.string().nullable(),
  /** ARN of the execution whose overwrite it guards; null where that cannot be told. */
  guards: z.string().nullable(),
  /** Where nothing was to be cleared up: what had become of the target under the guard of that run, if it held one. */
  before: z.enum(['refreshed', 'restored']).optional(),
  /** For how long, in seconds, a step of the owner may go on after its end; null where that cannot be told. */
  linger_seconds: z.number().nullable(),
  /** How long to wait until no step of the owner can be at work any more, in seconds. */
  wait_seconds: z.number().int(),
  /** Whether that has been waited. */
  settled: z.boolean(),
  /** Whether the volumes have been put back, and only late effects are waited for. */
  put_back: z.boolean(),
  /** Routes after Recover Target. */
  done: z.boolean(),
});
export type Recovery = z.output<typeof recoverySchema>;

/** A recovery that has not begun, of nobody knows which run. */
export const NO_RECOVERY: Recovery = {
  run: null,
  owner: null,
  guards: null,
  linger_seconds: null,
  outcome: null,
  wait_seconds: 0,
  settled: false,
  put_back: false,
  done: false,
};

/** What a session with the source database has told. */
const readingSchema = z.strictObject({ facts: databaseFactsSchema, warnings: z.array(z.string()) });

/** The backup mode of the source database: begun by this run, or by the one that it clears up after. */
const backupSchema = z.strictObject({
  /** The run that begins it. */
  run: z.string(),
  /** Name of the database. */
  database: z.string(),
  /** When BEGIN BACKUP was sent that was answered, ISO 8601; null before, and where that is not known. */
  begun: z.iso.datetime().nullable(),
  /** Since when the database itself says that it is in it; null where that is not known. */
  since: z.string().nullable(),
  /** What went into it later than this, by the database's clock, is not the run's; null: all is. */
  not_after: z.iso.datetime().nullable(),
  /** When it was seen to be over, ISO 8601. */
  ended: z.iso.datetime().nullable(),
  /** How long it may last, in seconds: the time that Take Snapshot In Backup Mode has. */
  max_seconds: z.number().int(),
  archive_log: z.boolean(),
  /** For how long, in seconds, a statement without an answer may still be carried out. */
  settle_seconds: z.number().int(),
  /** How long that is waited for, in seconds. Routes after End Backup. */
  wait_seconds: z.number().int(),
  /** Whether that has been waited. */
  settled: z.boolean(),
  /** Whether it is known to be over. Routes after End Backup. */
  done: z.boolean(),
});
export type RunBackup = z.output<typeof backupSchema>;

/** Hook points at which the run has something to call; `clear_up` are the hooks that another run has left. */
const hookFlagsSchema = z.strictObject({
  before_snapshot: z.boolean().default(false),
  after_snapshot: z.boolean().default(false),
  before_overwrite: z.boolean().default(false),
  on_abort: z.boolean().default(false),
  after_overwrite: z.boolean().default(false),
  on_failure: z.boolean().default(false),
  clear_up: z.boolean().default(false),
});

/** Where the run is in the hooks of one point. */
const hookSchema = z.object({
  point: hookFlagsSchema.keyof(),
  /** How many hooks of the point have come to their end. */
  ended: z.number().int().default(0),
  /** Whether one is under way. */
  active: z.boolean().default(false),
  /** Routes after Follow Hooks. */
  next: z.enum(['send', 'send_to_tags', 'call', 'wait', 'done']).default('done'),
  /** What is called, and with what: from the decision to do so until it has been done. */
  request: z.unknown().optional(),
  function: z.string().optional(),
  /** Systems Manager’s id of the command. */
  command: z.string().nullable().default(null),
  /** Routes after Wait For Hook: at the command as a whole, the instances that it went to, or one of them. */
  looks_at: z.enum(['command', 'instances', 'instance', 'nothing']).default('nothing'),
  /** Those not known to be done; the first is looked at. */
  instances: z.array(z.string()).default([]),
  instance: z.string().default(''),
  /** How many instances the command went to, where tags say to which; null before that is known. */
  reached: z.number().int().nullable().default(null),
  timeout_seconds: z.number().int().default(0),
  waited_seconds: z.number().int().default(0),
  wait_seconds: z.number().int().default(0),
  /** Whether one of them has failed. */
  failed: z.boolean().default(false),
  /** Name of the last hook that came to its end, and how, for who follows the run. */
  last: z
    .strictObject({ point: z.string(), name: z.string(), status: z.string() })
    .nullable()
    .default(null),
  /** Name of the one under way. */
  name: z.string().default(''),
  /** What the state that was asked for answered, or what its Catch stored. */
  answer: z.unknown().optional(),
  refusal: failureSchema.optional(),
});
export type HookCursor = z.output<typeof hookSchema>;

/** At a point of which so many hooks have come to their end, and none is under way. */
export const betweenHooks = (point: HookCursor['point'], ended: number): HookCursor =>
  hookSchema.parse({ point, ended });

/**
 * The document that flows through the state machine: what was decided so far, and where the rest lies. Its size does
 * not depend on the number of volumes, and it holds no secret.
 */
export const runSchema = z.object({
  /** Name of the execution. */
  id: z.string().min(1),
  /** ARN of the execution. */
  execution: z.string(),
  /** ISO 8601. */
  started: z.iso.datetime(),
  /** The execution's input, until Prepare has read it. */
  event: z.unknown().optional(),
  refresh: z.string().optional(),
  trigger: z.enum(triggers).optional(),
  /** Routes after Prepare. */
  execute: z.boolean().default(false),
  /** Routes after Take Snapshot. */
  has_target: z.boolean().default(false),
  source_protection_group: z.string().optional(),
  target_protection_group: z.string().nullable().default(null),
  source_array: arraySchema.optional(),
  /** The second array, of a replicated refresh. */
  target_array: arraySchema.optional(),
  /** Routes after Take Snapshot. */
  replicate: z.boolean().default(false),
  /** Routes after Check Replication. */
  replication: replicationSchema.optional(),
  snapshot: snapshotSchema.optional(),
  own_snapshots: ownSnapshotsSchema.optional(),
  plan_hash: z.string().optional(),
  mode: z.enum(modes).default('refresh'),
  /** What the event said differently from the definition, apart from `execute`. */
  overrides: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  /** Routes after Execute?: there is something to clear up first. */
  recovers: z.boolean().default(false),
  /** Routes after Recover Target: nothing else is to be done. */
  ends_recovered: z.boolean().default(false),
  /** Routes before Take Snapshot: what is copied is there already. */
  undo: z.boolean().default(false),
  /** Routes before Take Snapshot: the facts of the source database are to be read. */
  reads_database: z.boolean().default(false),
  /** Routes after Note Database: the source database goes into backup mode. */
  backs_up: z.boolean().default(false),
  /** Routes after Find Backup Mode: the run that is cleared up after may have left its database in it. */
  ends_backup: z.boolean().default(false),
  /** From Read Database to Note Database, which keeps it in the bucket. */
  reading: readingSchema.optional(),
  backup: backupSchema.optional(),
  recovery: recoverySchema.optional(),
  /** Routes before each hook point. */
  has_hooks: hookFlagsSchema.prefault({}),
  hook: hookSchema.optional(),
  /** How many hooks have come to their end, or were left out, at all points. */
  hook_count: z.number().int().default(0),
  guard: guardSchema.optional(),
  /** What was found out on the way. */
  warnings: z.array(z.string()).default([]),
  steps: z.array(stepRecord).default([]),
  failure: failureSchema.optional(),
  /** Why hooks could not be followed. */
  hook_failure: failureSchema.optional(),
  /** Why the target could not be put back. */
  rollback_failure: failureSchema.optional(),
  /** Why the guard could not be released after a good overwrite. */
  release_failure: failureSchema.optional(),
  /** Why backup mode could not be ended. Routes before Record Result. */
  backup_failure: failureSchema.optional(),
  status: z.enum(statuses).optional(),
  target: z.enum(targetStates).optional(),
  manifest: z.string().optional(),
  error: errorRecord.optional(),
  /** The error's message and remedy, as the execution's cause. */
  cause: z.string().optional(),
});
export type Run = z.output<typeof runSchema>;
