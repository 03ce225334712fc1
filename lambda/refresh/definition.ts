import * as z from 'zod';
import { RefreshError } from './errors.ts';
import { hooksSchema } from './hooks.ts';
import {
  DEFAULT_SNAPSHOT_NAME,
  isObjectName,
  isPerRun,
  OBJECT_NAME_RULE,
  refreshName,
} from './naming.ts';
import { isRecord, parseInput, withoutComments } from './parsing.ts';
import { KEPT_BY_DEFAULT, MOST_KEPT } from './retention.ts';

const groupName = z
  .string()
  .refine(isObjectName, `expected the name of a protection group (${OBJECT_NAME_RULE})`);

/** Longer than any name, id or template can be: a text that is repeated in a message must not make it endless. */
export const shortText = z.string().min(1).max(200, 'expected at most 200 characters');

/** An exclusion as people write it: `{ "volume_id": "…" }`, an id, or a volume's name. */
const exclusion = z.union(
  [
    shortText,
    z
      .strictObject({ volume_id: shortText.describe('Id of a source volume') })
      .transform((entry) => entry.volume_id),
  ],
  { error: 'expected a volume id, a volume name, or { "volume_id": "…" }' },
);

const restVersion = z.string().regex(/^2\.\d{1,3}$/, 'expected a REST version such as "2.26"');

const minutes = z
  .number()
  .int()
  .min(1, 'expected at least 1 minute')
  .max(2_880, 'expected at most 2880 minutes');

const definitionFields = z.strictObject({
  source_protection_group: groupName
    .optional()
    .describe(
      'The group that is copied; of volumes, hosts or host groups. May be left out where nothing but undoing and recovering is asked for',
    ),
  target_protection_group: groupName
    .optional()
    .describe('The group of volumes that is overwritten; without it only the snapshot is taken'),
  snapshot_name: shortText
    .default(DEFAULT_SNAPSHOT_NAME)
    .describe(
      'Suffix of the snapshot, literal, or a template with `{date}`, `{time}` (UTC), `{refresh}`, `{run}`',
    ),
  replicate: z
    .boolean()
    .default(false)
    .describe('The target group is on the second array; the snapshot is sent there first'),
  ignore_match: z
    .boolean()
    .default(false)
    .describe('Pairs by size alone, ignoring the tags of earlier runs'),
  ora_backup_mode: z
    .boolean()
    .default(false)
    .describe('Puts the source database into backup mode while its snapshot is taken'),
  ora_facts: z
    .boolean()
    .default(false)
    .describe(
      'Writes facts of the source database down with its snapshot; backup mode does it anyway',
    ),
  ora_backup_mode_max_seconds: z
    .number()
    .int()
    .min(10, 'expected at least 10 seconds')
    .max(3_600, 'expected at most 3600 seconds')
    .default(300)
    .describe(
      'How long, in seconds, the source database may be in backup mode before that is ended without a snapshot',
    ),
  ora_archive_log: z
    .boolean()
    .default(true)
    .describe(
      'Archives the current redo log after backup mode: the redo of that time is needed to recover the copy',
    ),
  execute: z.boolean().default(false).describe('Without it a run is a dry run'),
  excluded_volumes: z
    .array(exclusion)
    .default([])
    .describe(
      'Source volumes that are not copied: `{ "volume_id": "…" }`, an id, or a name. One that matches nothing is an error',
    ),
  allow_shared_hosts: z
    .boolean()
    .default(false)
    .describe('Lets target volumes be connected to a host that uses source volumes too'),
  require_idle_target: z
    .boolean()
    .default(true)
    .describe(
      'Refuses a target that hosts are writing to, or reading from by more than the odd look',
    ),
  idle_target_max_reads: z
    .number()
    .min(0, 'expected at least 0')
    .default(5)
    .describe('Reads a second on one volume that still count as idle'),
  settle_seconds: z
    .number()
    .int()
    .min(0, 'expected at least 0 seconds')
    .max(3_600, 'expected at most 3600 seconds')
    .default(60)
    .describe('How long a request that got no answer may still be carried out, in seconds'),
  keep_before_snapshots: z
    .number()
    .int()
    .min(1, 'expected at least 1')
    .max(100, 'expected at most 100')
    .default(3)
    .describe(
      'How many snapshots of the target from before a refresh are kept, and how many of failed runs',
    ),
  keep_snapshots: z
    .number()
    .int()
    .min(1, 'expected at least 1')
    .max(MOST_KEPT, `expected at most ${MOST_KEPT}`)
    .optional()
    .describe(
      `How many snapshots of the source that this refresh has made are kept, ${KEPT_BY_DEFAULT} without it; only of those whose name is made from a template`,
    ),
  replication_timeout_minutes: minutes
    .default(720)
    .describe('How long a run waits for its snapshot to be complete on the target array'),
  replication_stall_minutes: minutes.default(60).describe('How long a transfer may stand still'),
  hooks: hooksSchema.prefault({}).describe('Steps of your own, at fixed points of the run'),
  flash_array_api_version: restVersion
    .optional()
    .describe(
      'Pins the REST version, `2.N`; without it the highest that array and product know is spoken',
    ),
});

/** A refresh definition: the object `refreshes/<name>.json`. */
export const definitionSchema = definitionFields.refine(
  ({ keep_snapshots, snapshot_name }) => keep_snapshots === undefined || isPerRun(snapshot_name),
  {
    path: ['keep_snapshots'],
    error:
      'expected no such key beside a snapshot_name without {date}, {time} or {run}, since a snapshot of a fixed name is never destroyed',
  },
);
export type Definition = z.output<typeof definitionSchema>;

/**
 * Reads a definition, in any spelling of the Python script's.
 * @param what names it in errors, such as `definition "nightly"`
 * @throws InvalidDefinition
 */
export const readDefinition = (value: unknown, what: string): Definition => {
  const spelled = unifySpelling(withoutComments(value), what);
  refuseSecrets(spelled, what);
  return parseInput(definitionSchema, spelled, {
    error: 'InvalidDefinition',
    what,
    remedy:
      'Correct the definition. docs/reference.md lists every key; keys that begin with "_" are comments.',
  });
};

/**
 * The source group of a definition, whatever else is wrong with it.
 * @throws InvalidDefinition when it names none
 */
export const readSourceGroup = (value: unknown, what: string): string =>
  parseInput(
    z.looseObject({ source_protection_group: z.string().min(1) }),
    unifySpelling(withoutComments(value), what),
    {
      error: 'InvalidDefinition',
      what,
      remedy:
        'Correct or remove it: while a definition does not say which group is its source, no target is safe.',
    },
  ).source_protection_group;

export const isRefreshName = (name: string): boolean => refreshName.test(name);

/**
 * Refuses a name that cannot be that of a refresh, before it becomes part of an object's key.
 * @throws UnknownRefresh
 */
export const requireRefreshName = (name: string): void => {
  if (isRefreshName(name)) return;
  throw new RefreshError(
    'UnknownRefresh',
    `${JSON.stringify(name.slice(0, 80))} cannot be the name of a refresh.`,
    'A name has 1 to 40 lower-case letters, digits and hyphens.',
  );
};

/** The script's other names for keys of a definition. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['src_protection_group', 'source_protection_group'],
  ['tgt_protection_group', 'target_protection_group'],
]);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** The script's spellings turned into ours: aliases of keys, and "True" and "False" for booleans. */
const unifySpelling = (value: unknown, what: string): unknown => {
  if (!isRecord(value)) return value;
  const unified: Record<string, unknown> = {};
  for (const [key, found] of Object.entries(value)) {
    const name = SPELLINGS.get(key) ?? key;
    if (Object.hasOwn(unified, name) && unified[name] !== found) {
      throw new RefreshError(
        'InvalidDefinition',
        `The ${what} gives ${name} twice, in two spellings and with two values.`,
        `Keep ${name} only.`,
      );
    }
    unified[name] =
      isSwitch(name) && typeof found === 'string'
        ? (BOOLEANS.get(found.toLowerCase()) ?? found)
        : found;
  }
  return unified;
};

const isSwitch = (key: string): boolean =>
  [
    'replicate',
    'ignore_match',
    'ora_backup_mode',
    'ora_facts',
    'ora_archive_log',
    'execute',
    'allow_shared_hosts',
    'require_idle_target',
  ].includes(key);

const refuseSecrets = (value: unknown, what: string): void => {
  if (!isRecord(value)) return;
  const secrets = Object.keys(value).filter((key) => /token|password|secret|pwd/i.test(key));
  if (secrets.length === 0) return;
  throw new RefreshError(
    'InvalidDefinition',
    `The ${what} holds ${secrets.map((key) => `"${key}"`).join(', ')}, which does not belong there.`,
    'Move credentials into the secret, take them out of this object and its older versions, and have the token renewed.',
  );
};
