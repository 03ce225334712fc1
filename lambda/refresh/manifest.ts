import * as z from 'zod';
import { type DatabaseRecord, databaseRecord, factsAtSnapshot } from './database-facts.ts';
import { type Check, checkSchema } from './doctor.ts';
import { splitMessage } from './errors.ts';
import { heldCopySchema } from './held-copy.ts';
import { type HookRecord, hookRecordSchema } from './hook-record.ts';
import { isRecord } from './parsing.ts';
import { type Plan, rules } from './plan.ts';
import { replicationSchema } from './replication.ts';
import { modes, triggers } from './request.ts';
import { type Retention, retentionSchema } from './retention.ts';
import {
  arraySchema,
  type ErrorRecord,
  errorRecord,
  type Run,
  recoveredSchema,
  snapshotSchema,
  statuses,
  stepRecord,
  type TargetState,
  targetStates,
  verifications,
} from './run.ts';

const sizeInBytes = z.number().int().nonnegative();

const pairSchema = z.strictObject({
  source: z.strictObject({ id: z.string(), name: z.string(), size: sizeInBytes }),
  snapshot: z.string().meta({ description: 'Volume snapshot that is copied onto the target' }),
  target: z.strictObject({
    id: z.string(),
    name: z.string(),
    serial: z.string(),
    size: sizeInBytes.meta({
      description: 'Size before the overwrite; afterwards it is the source’s',
    }),
  }),
  rule: z.enum(rules),
});

const backupModeSchema = z.strictObject({
  database: z.string(),
  run: z.string().meta({ description: 'The run that has begun it' }),
  begun: z.iso.datetime().nullable().meta({
    description: 'When ALTER DATABASE BEGIN BACKUP was sent; null where no answer to it is known',
  }),
  since: z.string().nullable().meta({
    description: 'Since when the database says that it is in backup mode',
  }),
  ended: z.iso.datetime().nullable().meta({
    description: 'When it was seen to be over; null: nobody has seen that',
  }),
  seconds: z.number().nonnegative().nullable().meta({
    description: 'From the one to the other: it did not last longer',
  }),
});

/** The record of a run: which instant of production is in the target now, and how it got there. */
export const manifestSchema = z.strictObject({
  manifest_version: z.literal(1),
  run: z.string().meta({ description: 'Name of the execution' }),
  refresh: z.string().nullable(),
  trigger: z.enum(triggers).nullable(),
  mode: z.enum(modes),
  status: z.enum(statuses).meta({ description: 'RUNNING while hooks are called' }),
  target: z.enum(targetStates).meta({
    description:
      'What the target group holds: none – there is no target; untouched – what it held before; refreshed – the ' +
      'snapshot; restored – put back to what it held before; mixed – some volumes of each',
  }),
  source_protection_group: z.string().nullable(),
  target_protection_group: z.string().nullable(),
  arrays: z.strictObject({ source: arraySchema.nullable(), target: arraySchema.nullable() }),
  snapshot: snapshotSchema.nullable(),
  copy: heldCopySchema
    .nullable()
    .default(null)
    .meta({
      description:
        'Which snapshot of the source the target holds after a run that has changed it, also after an undo; null where it is a ' +
        'mix, or not known',
    }),
  copy_before: heldCopySchema
    .nullable()
    .default(null)
    .meta({ description: 'Likewise what it held before that run' }),
  database: databaseRecord.nullable().meta({
    description:
      'Facts of the source database that the snapshot holds; null where they were not asked for. Time and SCN are of just ' +
      'before the snapshot, and before backup mode',
  }),
  backup_mode: backupModeSchema.nullable().meta({
    description:
      'The source database’s backup mode for the snapshot, or the one of another run that was cleared up after',
  }),
  replication: replicationSchema.nullable().meta({
    description: 'How far the snapshot has come on the target array; null without replication',
  }),
  plan_hash: z.string().nullable(),
  execute_with: z
    .record(z.string(), z.union([z.string(), z.boolean()]))
    .nullable()
    .meta({ description: 'Of a dry run: the event that executes exactly this plan' }),
  verified: z
    .enum(verifications)
    .nullable()
    .meta({
      description:
        'How the overwrite was found complete: created – every volume bears the time of its snapshot; answers – this array ' +
        'leaves that time alone, and has answered every overwrite; null – it was not, or there was none',
    }),
  guard: z.string().nullable().meta({
    description:
      'Snapshot of the target group as it was before the overwrite; undo puts back the newest',
  }),
  recovered: recoveredSchema.nullable().meta({
    description: 'The earlier run that this one has cleared up after; null where there was none',
  }),
  recovery_steps: z
    .array(z.string())
    .meta({ description: 'Where the target is mixed: what puts it back by hand' }),
  retention: retentionSchema
    .nullable()
    // Manifests from before there was retention are read as well.
    .default(null)
    .meta({
      description:
        'What has become of older snapshots that this refresh has made of the source; null where it was not looked at',
    }),
  pairs: z.array(pairSchema),
  excluded: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  hooks: z.array(hookRecordSchema).meta({
    description:
      'The user’s own steps, in the order in which they were called; of a dry run, those that an execution calls',
  }),
  doctor: z
    .array(checkSchema)
    .default([])
    .meta({ description: 'What the checks of mode doctor have found' }),
  warnings: z.array(z.string()),
  steps: z.array(stepRecord),
  error: errorRecord.nullable(),
});
export type Manifest = z.output<typeof manifestSchema>;

export interface Outcome {
  readonly status: Manifest['status'];
  readonly target: TargetState;
  readonly error?: ErrorRecord;
  /** What was found out while recording, beside the warnings of plan and run. */
  readonly warnings?: readonly string[];
  readonly retention?: Retention | undefined;
  /** What puts a mixed target back by hand. */
  readonly recoverySteps?: readonly string[];
}

/** What a run has kept, as far as it came. */
export interface Kept {
  readonly plan: Plan | undefined;
  readonly database: DatabaseRecord | undefined;
  readonly hooks?: readonly HookRecord[];
  readonly doctor?: readonly Check[] | undefined;
  /** Those that had answered when Prepare refused the run. */
  readonly arrays?: Manifest['arrays'] | undefined;
}

/** The manifest of a run that ended as `outcome` says. */
export const makeManifest = (
  run: Run,
  { plan, database, hooks = [], doctor = [], arrays = arraysOf(run) }: Kept,
  outcome: Outcome,
): Manifest => {
  return {
    manifest_version: 1,
    run: run.id,
    refresh: run.refresh ?? null,
    trigger: run.trigger ?? null,
    mode: run.mode,
    status: outcome.status,
    target: outcome.target,
    source_protection_group: run.source_protection_group ?? null,
    target_protection_group: run.target_protection_group,
    arrays,
    snapshot: run.snapshot ?? null,
    copy: null,
    copy_before: null,
    database: database ? atSnapshot(database, run) : null,
    backup_mode: backupModeOf(run),
    replication: run.replication ?? null,
    plan_hash: plan?.hash ?? null,
    execute_with: executeWith(run, outcome),
    verified: run.guard?.verified ?? null,
    guard: run.guard?.snapshot ?? null,
    recovered: run.recovery ? { run: run.recovery.run, outcome: run.recovery.outcome } : null,
    recovery_steps: [...(outcome.recoverySteps ?? [])],
    retention: outcome.retention ?? null,
    pairs: (plan?.pairs ?? []).map(({ source, target, rule }) => ({
      source: { id: source.id, name: source.name, size: source.size },
      snapshot: source.snapshot,
      target: { id: target.id, name: target.name, serial: target.serial, size: target.size },
      rule,
    })),
    excluded: [...(plan?.excluded ?? [])],
    hooks: [...hooks],
    doctor: [...doctor],
    warnings: [...run.warnings, ...(plan?.warnings ?? []), ...(outcome.warnings ?? [])],
    steps: run.steps,
    error: outcome.error ?? null,
  };
};

/** The arrays of a run, as its manifest tells them. */
export const arraysOf = (run: Run): Manifest['arrays'] => {
  const source = run.source_array ?? null;
  const target = run.target_array ?? (run.target_protection_group === null ? null : source);
  return { source, target };
};

const atSnapshot = (database: DatabaseRecord, { backup }: Run): DatabaseRecord =>
  database.read_from === 'tags'
    ? database
    : { ...database, facts: factsAtSnapshot(database.facts, backup) };

const backupModeOf = ({ backup }: Run): Manifest['backup_mode'] => {
  if (!backup) return null;
  const { run, database, begun, since, ended } = backup;
  const seconds =
    begun !== null && ended !== null ? (Date.parse(ended) - Date.parse(begun)) / 1_000 : null;
  return { run, database, begun, since, ended, seconds };
};

const executeWith = (run: Run, { status }: Outcome): Manifest['execute_with'] => {
  if (status !== 'PLANNED' || run.refresh === undefined) return null;
  return {
    refresh: run.refresh,
    execute: true,
    ...run.overrides,
    ...(run.undo && { undo: true }),
    ...(run.plan_hash !== undefined && { expect_plan: run.plan_hash }),
  };
};

/**
 * The error record of what a state's Catch stored. `Cause` is Lambda's document about the error where a handler threw
 * it, and plain text where the service did (`States.Timeout`, say).
 */
export const recordOf = (failure: {
  readonly Error: string;
  readonly Cause?: string | undefined;
}): ErrorRecord => {
  const { Error: name, Cause: cause = '' } = failure;
  const text = messageOfCause(cause) || `The step ended with ${name} and gave no reason.`;
  return { name, ...splitMessage(text) };
};

const messageOfCause = (cause: string): string => {
  try {
    const document: unknown = JSON.parse(cause);
    if (isRecord(document) && typeof document['errorMessage'] === 'string') {
      return document['errorMessage'];
    }
  } catch {
    // Not a document of Lambda's: the text itself is the message.
  }
  return cause;
};
