import * as z from 'zod';
import { databaseRecord } from '../refresh/database-facts.ts';
import { checkSchema } from '../refresh/doctor.ts';
import { RefreshError } from '../refresh/errors.ts';
import { hookRecordSchema } from '../refresh/hook-record.ts';
import { hooksSchema } from '../refresh/hooks.ts';
import { manifestSchema } from '../refresh/manifest.ts';
import { parseInput, parseJson } from '../refresh/parsing.ts';
import { planSchema, snapshotVolumesSchema } from '../refresh/plan.ts';
import { modes, requestSchema } from '../refresh/request.ts';
import { attemptSchema } from './attempt.ts';
import type { ObjectStore } from './ports.ts';

/** A kind of document that a run keeps in the bucket as `runs/<run id>/<name>.json`. */
export interface DocumentKind<T extends z.ZodType> {
  readonly name: string;
  readonly schema: T;
}

const kind = <T extends z.ZodType>(name: string, schema: T): DocumentKind<T> => ({ name, schema });

/** The resolved request. */
export const requestDocument = kind('request', requestSchema);
/** Members of the group snapshot that are copied; only written when the snapshot exists. */
export const snapshotDocument = kind('snapshot', snapshotVolumesSchema);
export const planDocument = kind('plan', planSchema);
/** Written just before the first overwrite, and when it has ended: without it the target is untouched for certain. */
export const overwriteDocument = kind('overwrite', attemptSchema);
/** Written just before the first volume is put back, and when all are. */
export const rollbackDocument = kind('rollback', attemptSchema);
/** Written before the guard is released, and when it is. */
export const releaseDocument = kind('release', attemptSchema);
/** Written before a guard is taken, and when it is the lock. */
export const acquireDocument = kind('acquire', attemptSchema);
/** Facts of the source database; only written where they were read. */
export const databaseDocument = kind('database', databaseRecord);
/** Written before a snapshot is asked for that bears facts: one that is there without it is somebody else's. */
export const takingDocument = kind('taking', z.strictObject({ begun: z.iso.datetime() }));
/** Written just before the source database is put into backup mode: whoever clears up after the run ends it. */
export const backupDocument = kind(
  'backup',
  z.strictObject({
    refresh: z.string(),
    /** ARN of the execution. */
    execution: z.string(),
    /** Name of the database. */
    database: z.string(),
    /** When the database was last seen out of backup mode, by its own clock, ISO 8601; null where that is not known. */
    seen: z.iso.datetime().nullable(),
    /** Whether it has been ended since. */
    is_over: z.boolean(),
    max_seconds: z.number().int(),
    settle_seconds: z.number().int(),
    archive_log: z.boolean(),
  }),
);
/** Written before snapshots are destroyed: which, so that a second attempt can tell what the first has done. */
export const retentionDocument = kind(
  'retention',
  z.strictObject({ source: z.array(z.string()), target: z.array(z.string()) }),
);
export type Asked = z.output<typeof retentionDocument.schema>;
/** The hooks of a run, written before it calls the first: whoever clears up after it calls those that are left. */
export const hooksDocument = kind(
  'hooks',
  z.strictObject({
    refresh: z.string(),
    /** ARN of the execution. */
    execution: z.string(),
    mode: z.enum(modes),
    /** Those of the definition at that time. */
    hooks: hooksSchema,
    /** Whether none is left to be called. */
    is_over: z.boolean(),
    /** In the order in which they were begun. */
    records: z.array(hookRecordSchema),
  }),
);
export type HookNotes = z.output<typeof hooksDocument.schema>;

/** What a doctor's checks have found. */
export const doctorDocument = kind('doctor', z.array(checkSchema));

/** The arrays of a run that Prepare refuses, each as far as it has answered. */
export const arraysDocument = kind('arrays', manifestSchema.shape.arrays);

/** Guards of earlier runs on the target group, as Prepare saw them. */
export const guardsDocument = kind(
  'guards',
  z.strictObject({
    /** One that has come since tells of another refresh. */
    known: z.array(z.string()),
    /** Names that are not free for a guard. */
    taken: z.array(z.string()),
    /** Those that are one too many when this run has added its own to its kind. */
    surplus: z.strictObject({ before: z.array(z.string()), restored: z.array(z.string()) }),
  }),
);

const reservationSchema = z.strictObject({
  run: z.string(),
  /** ARN of the execution. */
  execution: z.string(),
  reserved: z.iso.datetime(),
  is_over: z.boolean(),
});
/** For which run a target group is reserved. */
export type Reservation = z.output<typeof reservationSchema>;

/** Where reservations lie: no run bears such a name. */
export const RESERVATIONS = 'runs/_targets';

export const findReservation = (
  store: ObjectStore,
  target: string,
): Promise<Versioned<Reservation>> =>
  findObjectVersion(store, `${RESERVATIONS}/${target}.json`, reservationSchema);

/** @returns whether it is written: not where it is no longer of that version */
export const replaceReservation = async (
  store: ObjectStore,
  target: string,
  reservation: Reservation,
  version: string | undefined,
): Promise<boolean> => {
  const key = `${RESERVATIONS}/${target}.json`;
  return (await store.replace(key, JSON.stringify(reservation), version)) !== undefined;
};

const useSchema = z.strictObject({
  run: z.string(),
  /** ARN of the execution. */
  execution: z.string(),
  noted: z.iso.datetime(),
});
/** That a run uses a snapshot which was there before it. */
export type SnapshotUse = z.output<typeof useSchema>;

/** Where uses lie, by array, group and snapshot: no run bears such a name. */
export const SNAPSHOT_USES = 'runs/_snapshots';

export const findUse = (store: ObjectStore, key: string): Promise<SnapshotUse | undefined> =>
  findObject(store, key, useSchema);

export const writeUse = (store: ObjectStore, folder: string, use: SnapshotUse): Promise<void> =>
  writeJson(store, `${folder}/${use.run}.json`, use);

/** The document; undefined when the run has not written it. */
export const findDocument = <T extends z.ZodType>(
  store: ObjectStore,
  runId: string,
  { name, schema }: DocumentKind<T>,
): Promise<z.output<T> | undefined> => findObject(store, keyOf(runId, name), schema);

/** An object as it was found, for whoever writes over it; without both where there was none. */
export interface Versioned<T> {
  readonly value?: T;
  readonly version?: string;
}

/** The document with its version. */
export const findVersion = <T extends z.ZodType>(
  store: ObjectStore,
  runId: string,
  { name, schema }: DocumentKind<T>,
): Promise<Versioned<z.output<T>>> => findObjectVersion(store, keyOf(runId, name), schema);

const findObjectVersion = async <T extends z.ZodType>(
  store: ObjectStore,
  key: string,
  schema: T,
): Promise<Versioned<z.output<T>>> => {
  const found = await store.readVersion(key);
  if (found === undefined) return {};
  return { value: readObject(key, found.text, schema), version: found.version };
};

const findObject = async <T extends z.ZodType>(
  store: ObjectStore,
  key: string,
  schema: T,
): Promise<z.output<T> | undefined> => {
  const text = await store.read(key);
  return text === undefined ? undefined : readObject(key, text, schema);
};

const readObject = <T extends z.ZodType>(key: string, text: string, schema: T): z.output<T> => {
  const input = {
    error: 'InvalidStepInput',
    what: `object "${key}"`,
    remedy: 'Start a new run. If this goes on, look who else writes to the bucket.',
  } as const;
  return parseInput(schema, parseJson(text, input), input);
};

/** @throws InvalidStepInput when no earlier step has written it */
export const readDocument = async <T extends z.ZodType>(
  store: ObjectStore,
  runId: string,
  document: DocumentKind<T>,
): Promise<z.output<T>> => {
  const found = await findDocument(store, runId, document);
  if (found !== undefined) return found;
  throw new RefreshError(
    'InvalidStepInput',
    `The run has no object "${keyOf(runId, document.name)}".`,
    'Start a new run; a run cannot go on without what its earlier steps wrote.',
  );
};

export const writeDocument = <T extends z.ZodType>(
  store: ObjectStore,
  runId: string,
  { name }: DocumentKind<T>,
  value: z.output<T>,
): Promise<void> => store.write(keyOf(runId, name), JSON.stringify(value), 'application/json');

/** What people read too. */
export const writeJson = (store: ObjectStore, key: string, value: unknown): Promise<void> =>
  store.write(key, `${JSON.stringify(value, null, 2)}\n`, 'application/json');

/** Where a run keeps the document of that name. */
export const keyOf = (runId: string, name: string): string => `runs/${runId}/${name}.json`;
