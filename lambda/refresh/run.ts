import * as z from 'zod';
import { replicationSchema } from './replication.ts';
import { triggers } from './request.ts';

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

export const statuses = ['PLANNED', 'SNAPSHOT_ONLY', 'SUCCEEDED', 'FAILED'] as const;
export const targetStates = ['none', 'untouched', 'refreshed', 'restored', 'mixed'] as const;
export type TargetState = (typeof targetStates)[number];

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
  plan_hash: z.string().optional(),
  steps: z.array(stepRecord).default([]),
  failure: failureSchema.optional(),
  status: z.enum(statuses).optional(),
  target: z.enum(targetStates).optional(),
  manifest: z.string().optional(),
  error: errorRecord.optional(),
});
export type Run = z.output<typeof runSchema>;
