import { createHash } from 'node:crypto';
import { nameKey } from './naming.ts';

/**
 * The guard of an overwrite: a snapshot of the target group, kept on the array. Under the lock's name it says that the
 * target may be mixed, who is at work, and what to put back. The protocol is in `docs/decisions/all-or-nothing.md`.
 */

/** The lock: names are unique on an array, so only one run can give its guard this one. */
export const LOCK_SUFFIX = 'refresh-in-progress';
const GUARD = 'refresh-guard-';
const BEFORE = 'before-';
const RESTORED = 'restored-';
const LONGEST_SUFFIX = 63;

/** Beginnings of the suffixes of the lock, and of guards that are released. */
export const guardSuffixes = [LOCK_SUFFIX, BEFORE, RESTORED] as const;
/** Those of the latter alone. */
export const releasedSuffixes = [BEFORE, RESTORED] as const;

/** Of guards that are held, or about to be: an overwrite is under way, or was when its run died. */
export const heldSuffixes = [LOCK_SUFFIX, GUARD] as const;

/** 16 hexadecimal digits that stand for a run, by its execution's ARN: run ids are unique in one deployment only. */
const runHash = (execution: string): string =>
  createHash('sha256').update(execution).digest('hex').slice(0, 16);

/** Run id in the ARN of its execution. */
export const runOf = (execution: string): string => execution.slice(execution.lastIndexOf(':') + 1);

/** How the suffixes of a run's guards begin that are not the lock yet. */
export const guardPrefix = (execution: string): string => `${GUARD}${runHash(execution)}-`;

/** Suffix of the guard of one attempt: what another attempt has asked for, and is carried out late, cannot be about it. */
export const guardSuffix = (execution: string, at: Date): string =>
  `${guardPrefix(execution)}${at.getTime().toString(36)}`;

/**
 * Suffixes for the guard of a run that succeeded, in the order in which they are to be tried: the second one is for a
 * snapshot that was used before.
 */
export const beforeSuffixes = (snapshotSuffix: string, execution: string): [string, string] => {
  const hash = runHash(execution).slice(0, 8);
  const room = LONGEST_SUFFIX - BEFORE.length;
  const unique = `${BEFORE}${snapshotSuffix.slice(0, room - hash.length - 1)}-${hash}`;
  return [snapshotSuffix.length <= room ? `${BEFORE}${snapshotSuffix}` : unique, unique];
};

/** The same for a guard whose run wrote nothing, or was put back; `created` is the guard's. */
export const restoredSuffixes = (execution: string, created: number): string[] => {
  const plain = `${RESTORED}${runHash(execution)}`;
  return [plain, `${plain}-${created.toString(36)}`];
};

/** And for one that never was the lock, of which there may be several at one instant. */
export const asideSuffixes = (execution: string, created: number): string[] => {
  const plain = `${RESTORED}${runHash(execution)}-unused-${created.toString(36)}`;
  return [plain, ...[2, 3, 4].map((number) => `${plain}-${number}`)];
};

/** What a target held when a run put it back. */
export const replacedSuffix = (execution: string): string =>
  `${RESTORED}${runHash(execution)}-replaced`;

const ASIDE = new RegExp(`^${RESTORED}[0-9a-f]{16}-(?:unused-.*|replaced)$`);

/** Whether a released guard was the lock, and not one that was set aside, or a picture of what was put back over. */
export const wasLock = (groupSnapshot: string): boolean => !ASIDE.test(suffixOf(groupSnapshot));

/** The suffix in `pg.SUFFIX`. */
export const suffixOf = (groupSnapshot: string): string =>
  groupSnapshot.slice(groupSnapshot.lastIndexOf('.') + 1);

export const isLock = (groupSnapshot: string): boolean =>
  nameKey(suffixOf(groupSnapshot)) === LOCK_SUFFIX;
export const isBefore = (groupSnapshot: string): boolean =>
  nameKey(suffixOf(groupSnapshot)).startsWith(BEFORE);
export const isRestored = (groupSnapshot: string): boolean =>
  nameKey(suffixOf(groupSnapshot)).startsWith(RESTORED);

/** Who holds a guard, and for what. */
export interface GuardOwner {
  /** The run at work: after a takeover that which clears up. */
  readonly run: string;
  /** ARN of its execution; on a local machine that tells host, process id and the process's start. */
  readonly execution: string;
  /** When it started, ISO 8601. */
  readonly started: string;
  /** For how long, in seconds, a step of it may go on after its execution has ended. */
  readonly lingerSeconds: number;
  /** ARN of the execution whose overwrite the guard undoes. */
  readonly guards: string;
  /** Its refresh. */
  readonly refresh: string;
  /** The group snapshot that it copies. */
  readonly snapshot: string;
  readonly planHash: string;
  /** Before `writing`, nothing has been overwritten for certain. */
  readonly phase: 'acquired' | 'writing';
}

/** What a guard notes of one of its members. Times are milliseconds since epoch. */
export interface JournalEntry {
  /** Volumes that the plan leaves alone are in the group's snapshot too. */
  readonly planned: boolean;
  /** The target volume's `created` before the overwrite. */
  readonly old: number;
  /** The `created` that the overwrite should give it. */
  readonly next: number;
  /** Its tag `snapshot_mapping` before the overwrite. */
  readonly mapping: string | null;
}

/** A guard's tags, decoded. */
export interface GuardRecord {
  readonly owner: GuardOwner;
  /** By the id of the volume snapshot; undefined where it cannot be read. */
  readonly journal: ReadonlyMap<string, JournalEntry> | undefined;
}

export interface GuardTag {
  readonly key: string;
  readonly value: string;
}

/** What a holder is called that a guard's tags do not tell. */
export const UNKNOWN_RUN = 'unknown';

/** How the keys of all our tags begin. */
export const KEY_PREFIX = 'refresh_';
/** Keys of the tags that tell who holds a guard, and by which an earlier one is recognised as the product's own. */
export const EXECUTION_KEY = 'refresh_execution';
export const GUARDS_KEY = 'refresh_guards';
/** Key of the tag that names the group snapshot which is copied. */
export const COPIED_KEY = 'refresh_snapshot';
const JOURNAL_KEY = 'refresh_journal_';
/** Of the number in a journal's key, so that the keys sort: as many as the largest group takes. */
const KEY_DIGITS = 4;
/** Longest value of a tag. */
const LONGEST_VALUE = 256;

const keys = {
  run: 'refresh_run',
  execution: EXECUTION_KEY,
  started: 'refresh_started',
  lingerSeconds: 'refresh_linger_seconds',
  guards: GUARDS_KEY,
  refresh: 'refresh_name',
  snapshot: COPIED_KEY,
  planHash: 'refresh_plan',
  phase: 'refresh_phase',
} as const satisfies Record<keyof GuardOwner, string>;

export const ownerTags = (owner: Partial<GuardOwner>): GuardTag[] =>
  Object.entries(owner).map(([field, value]) => ({
    key: keys[field as keyof GuardOwner],
    value: String(value),
  }));

/**
 * The journal as tags of one member, since what tells of all of them need not be on each: the members' entries in the order
 * of their ids, cut into values of the length that a tag takes.
 */
export const journalTags = (journal: ReadonlyMap<string, JournalEntry>): GuardTag[] => {
  const text = [...journal]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => encodeEntry(entry))
    .join(',');
  const count = Math.ceil(text.length / LONGEST_VALUE);
  return Array.from({ length: count }, (_, index) => ({
    key: `${JOURNAL_KEY}${String(index).padStart(KEY_DIGITS, '0')}`,
    value: text.slice(index * LONGEST_VALUE, (index + 1) * LONGEST_VALUE),
  }));
};

/** The members of a guard in an order that stays: the first bears the journal, and its tags are read. */
export const byId = <T extends { readonly id: string }>(members: readonly T[]): T[] =>
  members.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What the tags of a guard say, those of the first member; undefined where they do not tell its owner. */
export const readGuardTags = (
  tags: readonly GuardTag[],
  memberIds: readonly string[],
): GuardRecord | undefined => {
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  const value = (field: keyof GuardOwner) => values.get(keys[field]);
  const [run, execution, started] = [value('run'), value('execution'), value('started')];
  const [guards, refresh, snapshot] = [value('guards'), value('refresh'), value('snapshot')];
  const [planHash, phase, linger] = [value('planHash'), value('phase'), value('lingerSeconds')];
  const journal = readJournal(values, memberIds);
  const isComplete = run && execution && started && guards && refresh && snapshot && planHash;
  if (!isComplete || (phase !== 'acquired' && phase !== 'writing')) return undefined;
  const lingerSeconds = Number(linger);
  if (!Number.isFinite(lingerSeconds)) return undefined;
  const owner = { run, execution, started, guards, refresh, snapshot, planHash };
  return { owner: { ...owner, phase, lingerSeconds }, journal };
};

const readJournal = (
  values: ReadonlyMap<string, string>,
  memberIds: readonly string[],
): Map<string, JournalEntry> | undefined => {
  const text = [...values]
    .filter(([key]) => key.startsWith(JOURNAL_KEY))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value)
    .join('');
  const entries = text.split(',').map(decodeEntry);
  if (entries.length !== memberIds.length) return undefined;
  const journal = new Map<string, JournalEntry>();
  for (const [index, id] of [...memberIds].sort().entries()) {
    const entry = entries[index];
    if (entry === undefined) return undefined;
    journal.set(id, entry);
  }
  return journal;
};

const encodeEntry = ({ planned, old, next, mapping }: JournalEntry): string =>
  [
    planned ? 'p' : 'k',
    old.toString(36),
    next.toString(36),
    ...(mapping === null ? [] : [encodeURIComponent(mapping).replaceAll('.', '%2E')]),
  ].join('.');

/** Undefined for what `encodeEntry` has not written. */
const decodeMapping = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const ENTRY = /^([pk])\.([0-9a-z]+)\.([0-9a-z]+)(?:\.([^.]*))?$/;

const decodeEntry = (text: string): JournalEntry | undefined => {
  const [, kind, old = '', next = '', mapping] = ENTRY.exec(text) ?? [];
  const tag = mapping === undefined ? null : decodeMapping(mapping);
  if (kind === undefined || tag === undefined) return undefined;
  return {
    planned: kind === 'p',
    old: Number.parseInt(old, 36),
    next: Number.parseInt(next, 36),
    mapping: tag,
  };
};

/** A guard of an earlier run. */
export interface EarlierGuard {
  readonly name: string;
  /** Milliseconds since epoch. */
  readonly created: number;
  /** ARN of the execution that it guarded; null where it does not say, and so may be somebody else's. */
  readonly guarded: string | null;
}

/** The product's own, newest first; those of unknown origin are not among them. */
export const ownGuards = (earlier: readonly EarlierGuard[]): string[] =>
  earlier
    .filter(({ guarded }) => guarded !== null)
    .sort((a, b) => b.created - a.created || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);

/** Guards of each kind that are one too many when `keep` are kept, once the run at work has added its own. */
export const surplusGuards = (
  earlier: readonly EarlierGuard[],
  keep: number,
): { readonly before: string[]; readonly restored: string[] } => {
  const names = ownGuards(earlier);
  return {
    before: names.filter(isBefore).slice(keep - 1),
    restored: names.filter(isRestored).slice(keep - 1),
  };
};
