import * as z from 'zod';
import { type Definition, shortText } from './definition.ts';
import { RefreshError } from './errors.ts';
import { hooksSchema } from './hooks.ts';
import { isPerRun, sameName, snapshotSuffixFor } from './naming.ts';
import { parseInput } from './parsing.ts';
import { KEPT_BY_DEFAULT } from './retention.ts';
import type { Run } from './run.ts';

export const triggers = ['schedule', 'event', 'manual', 'cli'] as const;

/** How a plan is named that was shown, and may be executed. */
export const planHashSchema = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'expected the hash of a plan, "sha256:" and 64 hexadecimal digits',
  );

/** What an event may say: which refresh, and overrides that cannot aim it at another group or array. */
export const overridesSchema = z.strictObject({
  snapshot_name: shortText.optional().describe('In place of that of the definition'),
  ignore_match: z.boolean().optional().describe('In place of that of the definition'),
  ora_backup_mode: z.boolean().optional().describe('In place of that of the definition'),
  execute: z
    .boolean()
    .optional()
    .describe('In place of that of the definition; without either a run is a dry run'),
  expect_plan: planHashSchema
    .optional()
    .describe('The plan that was shown: the run refuses to execute another'),
  undo: z
    .boolean()
    .optional()
    .describe(
      'Puts the target back from the snapshot that was taken of it before its last refresh',
    ),
  recover: shortText
    .optional()
    .describe(
      'The run whose guard is on the target group: clears up after it, and does nothing else',
    ),
  doctor: z
    .boolean()
    .optional()
    .describe('Checks whatever the refresh depends on, and does nothing else'),
});

/** The input of an execution of the state machine. */
export const eventSchema = overridesSchema.extend({
  refresh: z
    .string()
    .min(1)
    .describe('Name of the refresh: its definition is `refreshes/<name>.json` in the bucket'),
  trigger: z
    .enum(triggers)
    .default('manual')
    .describe('What has started the run; the start function and the command line set it'),
});
export type RefreshEvent = z.output<typeof eventSchema>;

/**
 * What a run is for: `refresh` – to copy the source; `undo` – to put back what the target held before its last refresh;
 * `recover` – to clear up after a run that ended in the middle; `doctor` – to check what the refresh depends on.
 */
export const modes = ['refresh', 'undo', 'recover', 'doctor'] as const;
export type Mode = (typeof modes)[number];

/** Everything a run needs to know, resolved: defaults ← definition ← event. */
export const requestSchema = z.strictObject({
  refresh: z.string(),
  trigger: z.enum(triggers),
  mode: z.enum(modes),
  /** The run to clear up after; null unless `mode` is `recover`. */
  recover: z.string().nullable(),
  expect_plan: z.string().nullable(),
  /** Null only where `mode` is `undo` or `recover`. */
  source_protection_group: z.string().nullable(),
  target_protection_group: z.string().nullable(),
  snapshot_suffix: z.string(),
  ignore_match: z.boolean(),
  execute: z.boolean(),
  replicate: z.boolean(),
  replication_timeout_minutes: z.number(),
  replication_stall_minutes: z.number(),
  require_idle_target: z.boolean(),
  idle_target_max_reads: z.number(),
  settle_seconds: z.number(),
  keep_before_snapshots: z.number(),
  /** Null where the run's snapshot is none of those that are destroyed one day: that of a fixed name, or of no refresh. */
  keep_snapshots: z.number().nullable(),
  ora_backup_mode: z.boolean(),
  ora_facts: z.boolean(),
  ora_backup_mode_max_seconds: z.number(),
  ora_archive_log: z.boolean(),
  excluded_volumes: z.array(z.string()),
  allow_shared_hosts: z.boolean(),
  hooks: hooksSchema,
  flash_array_api_version: z.string().nullable(),
});
export type RefreshRequest = z.output<typeof requestSchema>;

/**
 * Reads the input of an execution.
 * @throws InvalidEvent
 */
export const readEvent = (value: unknown): RefreshEvent =>
  parseInput(eventSchema, value, {
    error: 'InvalidEvent',
    what: 'event',
    remedy:
      'Send { "refresh": "<name>" }, with snapshot_name, ignore_match, ora_backup_mode or execute where they shall differ from the ' +
      'definition, or with expect_plan, undo, recover or doctor. Groups, arrays and exclusions come from the definition alone.',
  });

/**
 * The request of a run: defaults ← definition ← event.
 * @throws InvalidDefinition for a snapshot name that the array would not take
 * @throws SourceIsTarget
 */
export const resolveRequest = (
  event: RefreshEvent,
  definition: Definition,
  run: { readonly id: string; readonly started: Date },
): RefreshRequest => {
  const wanted = {
    snapshot_name: event.snapshot_name ?? definition.snapshot_name,
    ignore_match: event.ignore_match ?? definition.ignore_match,
    ora_backup_mode: event.ora_backup_mode ?? definition.ora_backup_mode,
  };
  const mode = requireOneThing(event);
  // Or looks what would come of one.
  const takesSnapshot = mode === 'refresh' || mode === 'doctor';
  const { source_protection_group: source = null, target_protection_group: target = null } =
    definition;
  requireGroups(mode, source, target, event.refresh);
  return {
    refresh: event.refresh,
    trigger: event.trigger,
    mode,
    recover: event.recover ?? null,
    expect_plan: event.expect_plan ?? null,
    source_protection_group: source,
    target_protection_group: target,
    snapshot_suffix: snapshotSuffixFor(wanted.snapshot_name, {
      refresh: event.refresh,
      run: run.id,
      started: run.started,
    }),
    ignore_match: wanted.ignore_match,
    execute: executes(event, definition),
    replicate: definition.replicate,
    replication_timeout_minutes: definition.replication_timeout_minutes,
    replication_stall_minutes: definition.replication_stall_minutes,
    require_idle_target: definition.require_idle_target,
    idle_target_max_reads: definition.idle_target_max_reads,
    settle_seconds: definition.settle_seconds,
    keep_before_snapshots: definition.keep_before_snapshots,
    keep_snapshots:
      mode === 'refresh' && isPerRun(wanted.snapshot_name)
        ? (definition.keep_snapshots ?? KEPT_BY_DEFAULT)
        : null,
    // Nothing else takes a snapshot of the source.
    ora_backup_mode: takesSnapshot && wanted.ora_backup_mode,
    ora_facts: takesSnapshot && (wanted.ora_backup_mode || definition.ora_facts),
    ora_backup_mode_max_seconds: definition.ora_backup_mode_max_seconds,
    ora_archive_log: definition.ora_archive_log,
    excluded_volumes: definition.excluded_volumes,
    allow_shared_hosts: definition.allow_shared_hosts,
    hooks: definition.hooks,
    flash_array_api_version: definition.flash_array_api_version ?? null,
  };
};

/** What an event asks for. */
export const modeOf = ({ recover, undo, doctor }: RefreshEvent): Mode =>
  doctor ? 'doctor' : recover !== undefined ? 'recover' : undo ? 'undo' : 'refresh';

/** Whether it does what it shows. A doctor never does, whatever the definition says. */
export const executes = (event: RefreshEvent, { execute }: Pick<Definition, 'execute'>): boolean =>
  modeOf(event) !== 'doctor' && (event.execute ?? execute);

/** Keys of an event for which a mode has no use. */
const USELESS = {
  refresh: [],
  undo: ['snapshot_name', 'ignore_match', 'ora_backup_mode'],
  recover: ['undo', 'expect_plan', 'snapshot_name', 'ignore_match', 'ora_backup_mode'],
  doctor: ['execute', 'undo', 'recover', 'expect_plan'],
} as const satisfies Readonly<Record<Mode, readonly (keyof RefreshEvent)[]>>;

/** @throws InvalidEvent where it asks for more than one thing, or gives what the thing has no use for */
const requireOneThing = (event: RefreshEvent): Mode => {
  const mode = modeOf(event);
  const useless = USELESS[mode].filter((key) => event[key] !== undefined && event[key] !== false);
  if (useless.length === 0) return mode;
  throw new RefreshError(
    'InvalidEvent',
    `The event has ${mode} and ${useless.join(', ')}, which do not go together.`,
    `Leave ${useless.join(', ')} out, or ${mode}.`,
  );
};

/** @throws InvalidDefinition, SourceIsTarget */
const requireGroups = (
  mode: Mode,
  source: string | null,
  target: string | null,
  refresh: string,
): void => {
  // Clearing up after a run without a target group is about its source database alone.
  const isMissing = {
    refresh: source === null,
    doctor: source === null,
    undo: target === null,
    recover: false,
  };
  if (isMissing[mode]) {
    const key = mode === 'undo' ? 'target_protection_group' : 'source_protection_group';
    throw new RefreshError(
      'InvalidDefinition',
      `The definition "${refresh}" is not valid: ${key}: expected text, found nothing.`,
      `Name the protection group as ${key}.`,
    );
  }
  if (source === null || target === null || !sameName(source, target)) return;
  throw new RefreshError(
    'SourceIsTarget',
    `source_protection_group and target_protection_group are both "${source}".`,
    'Name the protection group that shall be overwritten as target_protection_group.',
  );
};

/** The refresh that a run is of: the first step has not noted the name yet, but the event has it. */
export const refreshOf = ({ refresh, event }: Pick<Run, 'refresh' | 'event'>): string | undefined =>
  refresh ?? z.object({ refresh: z.string() }).safeParse(event).data?.refresh;
