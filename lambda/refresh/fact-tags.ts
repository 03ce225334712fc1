import type { DatabaseFacts } from './database-facts.ts';

/** A tag of a snapshot. */
export interface FactTag {
  readonly key: FactName;
  readonly value: string;
}

export type FactName = keyof DatabaseFacts;

/** Longest value of a tag, in characters; of more the array says 400. */
const LONGEST = 256;
/** Stands at the end of a value that was cut. */
const CUT = '…';

/** How one kind of fact is written into a tag and read back, maybe from a value that was cut; undefined for what is none. */
interface Form<T> {
  readonly write: (fact: T) => string;
  readonly read: (value: string, isCut: boolean) => T | undefined;
}

const text: Form<string> = { write: (fact) => fact, read: (value) => value };
const whole: Form<number> = {
  write: String,
  read: (value) => (/^\d+$/.test(value) ? Number(value) : undefined),
};
const either = (yes: string, no: string): Form<boolean> => ({
  write: (fact) => (fact ? yes : no),
  read: (value) => (value === yes ? true : value === no ? false : undefined),
});
const list = (separator: string): Form<string[]> => ({
  write: (fact) => fact.join(separator),
  // The last entry of a list that was cut is half a name, and half a name is another file.
  read: (value, isCut) => value.split(separator).slice(0, isCut ? -1 : undefined),
});

/**
 * The keys and forms of the sibling script `fa_pg_ora_snap.py`, all 18 of them, so that its half for the target server
 * can read our tags and we its; `db_scn` is ours. Its `db_time` and `version` are of other forms, and texts as well.
 */
const FORMS: { readonly [Name in FactName]: Form<NonNullable<DatabaseFacts[Name]>> } = {
  db_name: text,
  db_id: text,
  db_time: text,
  db_scn: text,
  db_unique_name: text,
  db_role: text,
  db_open_mode: text,
  archivelog_mode: text,
  flashback_mode: text,
  platform_name: text,
  encrypted_tablespaces: whole,
  version: text,
  backup_mode: either('Yes', 'No'),
  control_files: list(', '),
  db_recovery_file_dest: text,
  db_recovery_file_dest_size: whole,
  enable_pluggable_database: either('TRUE', 'FALSE'),
  asm_disk_groups: list(','),
  open_pdbs: list(','),
};

/** What the script writes for what it does not know. */
const NOT_DEFINED = 'Not Defined';

/** The facts as tags, each of at most 256 characters. What is not known, or empty, has none. */
export const factTags = (facts: DatabaseFacts): FactTag[] =>
  factNames.flatMap((key) => {
    const value = write(facts, key);
    return value === '' ? [] : [{ key, value: cut(value) }];
  });

export interface FactsFromTags {
  readonly facts: Partial<DatabaseFacts>;
  /** Which of them were too long for a tag. Of a list only the whole entries are there, of a text what there was room for. */
  readonly cut: readonly FactName[];
}

/** The facts that tags tell. Other tags, and values of no known form, are passed over. */
export const factsFromTags = (
  tags: readonly { readonly key: string; readonly value: string }[],
): FactsFromTags => {
  const facts: Partial<DatabaseFacts> = {};
  const wasCut: FactName[] = [];
  for (const { key, value } of tags) {
    if (!isFactName(key) || value === NOT_DEFINED) continue;
    const isCut = value.endsWith(CUT);
    if (isCut && !wasCut.includes(key)) wasCut.push(key);
    read(facts, key, isCut ? value.slice(0, -CUT.length) : value, isCut);
  }
  return { facts, cut: wasCut };
};

/** Keys of the tags. */
export const factNames = Object.keys(FORMS).filter((name): name is FactName =>
  Object.hasOwn(FORMS, name),
);

const isFactName = (key: string): key is FactName => Object.hasOwn(FORMS, key);

const write = <Name extends FactName>(facts: DatabaseFacts, name: Name): string => {
  const fact = facts[name];
  return fact === null ? '' : FORMS[name].write(fact);
};

const read = <Name extends FactName>(
  facts: Partial<DatabaseFacts>,
  name: Name,
  value: string,
  isCut: boolean,
): void => {
  const fact = FORMS[name].read(value, isCut);
  if (fact !== undefined) facts[name] = fact;
};

/** By whole characters, as the array counts them. */
const cut = (value: string): string => {
  const characters = [...value];
  if (characters.length <= LONGEST) return value;
  return characters.slice(0, LONGEST - CUT.length).join('') + CUT;
};
