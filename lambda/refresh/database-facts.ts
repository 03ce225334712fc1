import * as z from 'zod';

const text = z.string().nullable();
const texts = z.array(z.string()).nullable();

/**
 * What was found in the source database: the manifest's and the tags' vocabulary, which is that of the sibling script
 * `fa_pg_ora_snap.py`. Null is what the database user could not read, or what the database has none of.
 */
export const databaseFactsSchema = z.strictObject({
  db_name: text,
  /** Digits. */
  db_id: text,
  db_unique_name: text,
  /** Such as `PRIMARY`. */
  db_role: text,
  /** Such as `READ WRITE`. */
  db_open_mode: text,
  /** `ARCHIVELOG`, `NOARCHIVELOG` or `MANUAL`. */
  archivelog_mode: text,
  /** Such as `YES` or `NO`. */
  flashback_mode: text,
  platform_name: text,
  /** Such as `19.22.0.0.0`. */
  version: text,
  /** When the facts were read, by the database's clock: ISO 8601 in UTC. */
  db_time: text,
  /** System change number at that time. Digits: it may be larger than JavaScript counts exactly. */
  db_scn: text,
  /** Whether any datafile was in backup mode at that time. */
  backup_mode: z.boolean().nullable(),
  control_files: texts,
  db_recovery_file_dest: text,
  /** Bytes. */
  db_recovery_file_dest_size: z.number().nullable(),
  /** Whether it is a container database. */
  enable_pluggable_database: z.boolean().nullable(),
  /** Pluggable databases that are open READ WRITE or READ ONLY, without the seed. */
  open_pdbs: texts,
  /** Those that the database uses. */
  asm_disk_groups: texts,
  encrypted_tablespaces: z.int().nullable(),
});

export type DatabaseFacts = z.output<typeof databaseFactsSchema>;

/** The facts of a run, and where they come from. */
export const databaseRecord = z.strictObject({
  /** `session` – read before the snapshot was taken; `tags` – read back from those of a snapshot that was there. */
  read_from: z.enum(['session', 'tags']),
  facts: databaseFactsSchema,
  /** Names of those that were too long for a tag, and are not whole. */
  shortened: z.array(z.string()),
});
export type DatabaseRecord = z.output<typeof databaseRecord>;

/** The facts as they are for a snapshot that is taken now: they were read before backup mode was begun. */
export const factsAtSnapshot = (
  facts: DatabaseFacts,
  backup: { readonly begun: string | null } | undefined,
): DatabaseFacts => {
  if (backup?.begun) return { ...facts, backup_mode: true };
  // That of somebody else may be of some files only, or over before the snapshot.
  return { ...facts, backup_mode: facts.backup_mode ? null : facts.backup_mode };
};

/** The facts of which nothing is known. */
export const NO_FACTS: DatabaseFacts = databaseFactsSchema.parse(
  Object.fromEntries(Object.keys(databaseFactsSchema.shape).map((name) => [name, null])),
);
