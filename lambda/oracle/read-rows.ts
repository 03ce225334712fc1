import * as z from 'zod';
import type { Database } from './database.ts';
import { DatabaseError, hasCode } from './database-error.ts';
import type { Look } from './statements.ts';

/**
 * The rows of a look, as `schema` has them.
 * @throws DatabaseError; DatabasePermissionDenied with the grant that is missing
 */
export const readRows = async <T extends z.ZodType>(
  database: Database,
  { view, sql }: Look,
  schema: T,
): Promise<z.output<T>[]> => {
  const rows = await database.query(sql).catch((error: unknown) => {
    throw isUnreadable(error) ? unreadable(view, error) : error;
  });
  const parsed = z.array(schema).safeParse(rows);
  if (parsed.success) return parsed.data;
  const columns = new Set(parsed.error.issues.map(({ path }) => String(path[1] ?? 'row')));
  throw new DatabaseError(
    'DatabaseStatementFailed',
    'unexpected',
    `The database answered with something else than expected in ${[...columns].join(', ')} of ${view}.`,
    'Look at that view. A column that a release has changed is a mistake of this product.',
  );
};

/** As `readRows`, for a view that always has a row. */
export const readRow = async <T extends z.ZodType>(
  database: Database,
  look: Look,
  schema: T,
): Promise<z.output<T>> => {
  const [row] = await readRows(database, look, schema);
  if (row !== undefined) return row;
  throw new DatabaseError(
    'DatabaseStatementFailed',
    'unexpected',
    `The database has no row in ${look.view}.`,
    'Check that the instance has a database mounted.',
  );
};

/** What a view that the user may not select from answers, by the release. */
const isUnreadable = (error: unknown): error is DatabaseError =>
  hasCode(error, 'ORA-00942', 'ORA-01031', 'ORA-41900');

const unreadable = (view: string, { code }: DatabaseError) =>
  new DatabaseError(
    'DatabasePermissionDenied',
    code,
    `The database user cannot read ${view} (${code}).`,
    `${grantOn(view)} to it, or log in with ora_src_role SYSBACKUP.`,
  );

/** `v$database` is a synonym of the view SYS.V_$DATABASE, and nothing can be granted on a synonym of that kind. */
const grantOn = (view: string): string =>
  `GRANT SELECT ON SYS.${view.replace('v$', 'v_$').toUpperCase()}`;
