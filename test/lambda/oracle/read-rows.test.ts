import { expect, it } from 'vitest';
import * as z from 'zod';
import type { Database, Row } from '../../../lambda/oracle/database.ts';
import { readRow, readRows } from '../../../lambda/oracle/read-rows.ts';
import { rejectionOf } from '../support/refusals.ts';

const answering = (...rows: readonly Row[]): Database => ({
  query: async () => [...rows],
  execute: async () => {},
  close: async () => {},
});
const look = { view: 'v$thing', sql: 'SELECT a, b FROM v$thing' };
const schema = z.object({ a: z.string(), b: z.int() });

it('rows of another form are an error that names view and columns, and shows no value', async () => {
  const database = answering({ a: 'x', b: 1 }, { a: 5, b: 'secret' });

  expect(await rejectionOf(readRows(database, look, schema))).toMatchObject({
    name: 'DatabaseStatementFailed',
    message: 'The database answered with something else than expected in a, b of v$thing.',
  });
});

it('a view without its row is an error', async () => {
  expect(await rejectionOf(readRow(answering(), look, schema))).toMatchObject({
    name: 'DatabaseStatementFailed',
    message: 'The database has no row in v$thing.',
  });
});
