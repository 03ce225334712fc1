import * as z from 'zod';
import { splitMessage } from './errors.ts';
import { isRecord } from './parsing.ts';
import type { Plan } from './plan.ts';
import { replicationSchema } from './replication.ts';
import { triggers } from './request.ts';
import {
  type ArrayIdentity,
  arraySchema,
  type ErrorRecord,
  errorRecord,
  type Run,
  snapshotSchema,
  statuses,
  stepRecord,
  type TargetState,
  targetStates,
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
  rule: z.enum(['tag', 'equal', 'larger']),
});

/** The record of a run: which instant of production is in the target now, and how it got there. */
export const manifestSchema = z.strictObject({
  manifest_version: z.literal(1),
  run: z.string().meta({ description: 'Name of the execution' }),
  refresh: z.string().nullable(),
  trigger: z.enum(triggers).nullable(),
  status: z.enum(statuses),
  target: z.enum(targetStates).meta({
    description:
      'What the target group holds: none – there is no target; untouched – what it held before; refreshed – the ' +
      'snapshot; restored – put back to what it held before; mixed – some volumes of each',
  }),
  source_protection_group: z.string().nullable(),
  target_protection_group: z.string().nullable(),
  arrays: z.strictObject({ source: arraySchema.nullable(), target: arraySchema.nullable() }),
  snapshot: snapshotSchema.nullable(),
  replication: replicationSchema.nullable().meta({
    description: 'How far the snapshot has come on the target array; null without replication',
  }),
  plan_hash: z.string().nullable(),
  pairs: z.array(pairSchema),
  excluded: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  warnings: z.array(z.string()),
  steps: z.array(stepRecord),
  error: errorRecord.nullable(),
});
export type Manifest = z.output<typeof manifestSchema>;

export interface Outcome {
  readonly status: Manifest['status'];
  readonly target: TargetState;
  readonly error?: ErrorRecord;
  /** What was found out while recording, beside the plan's own warnings. */
  readonly warnings?: readonly string[];
}

/** The manifest of a run that ended as `outcome` says. `plan` is null when the run did not come that far. */
export const makeManifest = (run: Run, plan: Plan | null, outcome: Outcome): Manifest => {
  const source: ArrayIdentity | null = run.source_array ?? null;
  return {
    manifest_version: 1,
    run: run.id,
    refresh: run.refresh ?? null,
    trigger: run.trigger ?? null,
    status: outcome.status,
    target: outcome.target,
    source_protection_group: run.source_protection_group ?? null,
    target_protection_group: run.target_protection_group,
    arrays: {
      source,
      target: run.target_array ?? (run.target_protection_group === null ? null : source),
    },
    snapshot: run.snapshot ?? null,
    replication: run.replication ?? null,
    plan_hash: plan?.hash ?? null,
    pairs: (plan?.pairs ?? []).map(({ source, target, rule }) => ({
      source: { id: source.id, name: source.name, size: source.size },
      snapshot: source.snapshot,
      target: { id: target.id, name: target.name, serial: target.serial, size: target.size },
      rule,
    })),
    excluded: [...(plan?.excluded ?? [])],
    warnings: [...(plan?.warnings ?? []), ...(outcome.warnings ?? [])],
    steps: run.steps,
    error: outcome.error ?? null,
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
