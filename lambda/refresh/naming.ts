import { RefreshError } from './errors.ts';

/**
 * Names on a FlashArray: letters, digits and hyphens (volumes also underscores), 1 to 63 characters, beginning and
 * ending with a letter or digit, optionally within a pod (`pod::name`) or a volume group (`group/name`).
 * They are not case-sensitive. Source: the vendor's naming conventions, gathered in `flasharray-rest.md` §4.
 */
const PART = '[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?';
const objectName = new RegExp(`^(?:${PART}(?:::|/))?${PART}$`);

/** A snapshot suffix: as a name, without underscore, and not digits alone, which belong to the array. */
const snapshotSuffix = /^(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** A refresh's name: it becomes part of execution names and snapshot suffixes. */
export const refreshName = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** What `isObjectName` demands, in words. */
export const OBJECT_NAME_RULE =
  'letters, digits, "-" and "_", at most 63 characters, optionally after "pod::" or "volume-group/"';

export const isObjectName = (name: string): boolean => objectName.test(name);

/** How the array compares names. */
export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b);

/** A key under which equal names are equal. */
export const nameKey = (name: string): string => name.toLowerCase();

/** Name order, the same whatever order an array lists in. */
export const compareNames = (a: string, b: string): number => {
  const [x, y] = [nameKey(a), nameKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};

const PLACEHOLDERS = ['date', 'time', 'refresh', 'run'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** The suffix of a refresh that names none. */
export const DEFAULT_SNAPSHOT_NAME = '{refresh}-{date}-{time}';

/** Whether a `snapshot_name` gives each run a name of its own. `{refresh}` alone is as good as a literal. */
export const isPerRun = (template: string): boolean => /\{(?:date|time|run)\}/.test(template);

export interface SuffixContext {
  readonly refresh: string;
  /** Run id. */
  readonly run: string;
  /** When the run started; `{date}` and `{time}` are its UTC `YYYYMMDD` and `HHMMSS`. */
  readonly started: Date;
}

/**
 * The snapshot suffix that a literal name or a template stands for in this run.
 * @throws InvalidDefinition for an unknown placeholder, or a result that the array would not take
 */
export const snapshotSuffixFor = (template: string, context: SuffixContext): string => {
  const [date = '', time = ''] = context.started
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .split('T');
  const values: Record<Placeholder, string> = {
    date,
    time,
    refresh: context.refresh,
    run: context.run,
  };
  const suffix = template.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const known = PLACEHOLDERS.find((placeholder) => placeholder === name);
    if (known) return values[known];
    throw new RefreshError(
      'InvalidDefinition',
      `snapshot_name has the unknown placeholder "${whole}".`,
      `Use ${PLACEHOLDERS.map((placeholder) => `{${placeholder}}`).join(', ')} or a literal name.`,
    );
  });
  if (snapshotSuffix.test(suffix)) return suffix;
  const made = suffix === template ? '' : ` (made from "${template}")`;
  throw new RefreshError(
    'InvalidDefinition',
    `snapshot_name is "${suffix}"${made}, which the array does not take as a snapshot suffix.`,
    'Use 1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit, and not digits alone.',
  );
};

/** Name of the group snapshot, `pg.SUFFIX`. */
export const groupSnapshotName = (group: string, suffix: string): string => `${group}.${suffix}`;

/**
 * Name of a group's replica on the array that it replicates to: `array:pg`, and for a group in a pod `pod:pg`.
 * Source: names seen by other clients, gathered in `flasharray-rest.md` §0 and §4.
 */
export const replicaGroupName = (array: string, group: string): string =>
  group.includes('::') ? group.replace('::', ':') : `${array}:${group}`;

/**
 * Name of a volume's snapshot within a group snapshot. Within a pod the group bears the pod's name and the volume's
 * part does not: `pod::pg.SUFFIX.vol`.
 */
export const volumeSnapshotName = (groupSnapshot: string, volume: string): string =>
  `${groupSnapshot}.${volume.replace(/^.*::/, '')}`;
