import * as z from 'zod';
import { noticeKinds } from './notices/notice.ts';

/** As long as an execution may last: longer than all that a definition may have it wait for. */
export const LONGEST_EXECUTION_HOURS = 96;

/** An empty text must not become 0. */
const seconds = z.string().regex(/^\d+$/).transform(Number);

const byRefresh = (text: string): ReadonlyMap<string, string> =>
  new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text))));

/**
 * What each function expects in `process.env`. The stack types its functions' environment with these schemas, so
 * that a forgotten variable does not compile, and each handler checks them once, at its first call.
 */
export const startEnvironment = z.object({
  BUCKET_NAME: z.string().min(1).describe('Bucket that holds `refreshes/<name>.json`'),
  STATE_MACHINE_ARN: z.string().min(1).describe('The state machine that runs a refresh'),
});
export type StartEnvironment = z.infer<typeof startEnvironment>;

export const oracleEnvironment = z.object({
  SECRET_ID: z
    .string()
    .min(1)
    .describe('Secrets Manager secret with the credentials of the source database'),
  STEP_SECONDS: seconds.describe(
    'For how long a step may go on after its execution has ended, in seconds',
  ),
});
export type OracleEnvironment = z.input<typeof oracleEnvironment>;

export const stepEnvironment = z.object({
  BUCKET_NAME: z
    .string()
    .min(1)
    .describe('Bucket that holds definitions, the documents of a run, and manifests'),
  SECRET_ID: z
    .string()
    .min(1)
    .describe(
      'Secrets Manager secret with the credentials of the arrays, for refreshes that have none of their own',
    ),
  SECRET_NAMES: z
    .string()
    .transform(byRefresh)
    .describe(
      'The names of those that they have, by refresh, as JSON; empty for a refresh that has none. Where one has, all refreshes of the settings are here',
    ),
  SECRET_SECONDS: seconds.describe('For how long what was read of them serves, in seconds'),
  STEP_SECONDS: seconds.describe(
    'For how long a step may go on after its execution has ended, in seconds',
  ),
  HAS_ORACLE: z
    .stringbool()
    .describe('Whether there is a function that speaks to the source database'),
  HOOK_RIGHTS: z
    .string()
    .describe('What hooks may call, as JSON; empty where this deployment calls none'),
  OBJECTS_AT: z
    .string()
    .min(1)
    .describe('Where others find the bucket’s objects: `s3://bucket`, or a folder of this machine'),
});
export const notifyEnvironment = z.object({
  BUCKET_NAME: z.string().min(1).describe('Bucket that holds manifests'),
  TOPIC_ARN: z.string().min(1).describe('Topic that people subscribe to'),
  NOTICE_KINDS: z
    .string()
    .transform((kinds) => kinds.split(','))
    .pipe(z.array(z.enum(noticeKinds)))
    .describe('The kinds of ends that they are told of, with commas between them'),
});
export type NotifyEnvironment = z.input<typeof notifyEnvironment>;

/** As it stands in the template. */
export type StepEnvironment = z.input<typeof stepEnvironment>;
