import * as z from 'zod';

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
  /** Bucket that holds `refreshes/<name>.json`. */
  BUCKET_NAME: z.string().min(1),
  /** The state machine that runs a refresh. */
  STATE_MACHINE_ARN: z.string().min(1),
});
export type StartEnvironment = z.infer<typeof startEnvironment>;

export const oracleEnvironment = z.object({
  /** Secrets Manager secret with the credentials of the source database. */
  SECRET_ID: z.string().min(1),
  /** For how long a step may go on after its execution has ended, in seconds. */
  STEP_SECONDS: seconds,
});
export type OracleEnvironment = z.input<typeof oracleEnvironment>;

export const stepEnvironment = z.object({
  /** Bucket that holds definitions, the documents of a run, and manifests. */
  BUCKET_NAME: z.string().min(1),
  /** Secrets Manager secret with the credentials of the arrays, for refreshes that have none of their own. */
  SECRET_ID: z.string().min(1),
  /**
   * The names of those that they have, by refresh, as JSON; empty for a refresh that has none. Where one has, all refreshes
   * of the settings are here.
   */
  SECRET_NAMES: z.string().transform(byRefresh),
  /** For how long what was read of them serves, in seconds. */
  SECRET_SECONDS: seconds,
  /** For how long a step may go on after its execution has ended, in seconds. */
  STEP_SECONDS: seconds,
  /** Whether there is a function that speaks to the source database. */
  HAS_ORACLE: z.stringbool(),
  /** What hooks may call, as JSON; empty where this deployment calls none. */
  HOOK_RIGHTS: z.string(),
  /** Where others find the bucket’s objects: `s3://bucket`, or a folder of this machine. */
  OBJECTS_AT: z.string().min(1),
});
/** As it stands in the template. */
export type StepEnvironment = z.input<typeof stepEnvironment>;
