import oracledb from 'oracledb';
import { beginBackup } from '../../../lambda/oracle/begin-backup.ts';
import { connectOptions, connector } from '../../../lambda/oracle/connector.ts';
import { readDatabaseCredentials } from '../../../lambda/oracle/credentials.ts';
import type { Driver } from '../../../lambda/oracle/driver.ts';

/** What is bundled, in the shape of the function's handler: a factory, so that another driver can take the real one's place. */
export const createOracleHandler = (driver: Driver) => async (event: unknown) => {
  const credentials = readDatabaseCredentials(event, 'event');
  const timeouts = { connectMs: 10_000, queryMs: 10_000, executeMs: 10_000, breakMs: 10_000 };
  const open = () => connector(driver)(credentials, timeouts);
  return await beginBackup(open, { begunByThisRun: false });
};

export const oracle = createOracleHandler(oracledb);

export const options = (event: unknown) =>
  connectOptions(oracledb, readDatabaseCredentials(event, 'event'), { connectMs: 10_000 });

export const isThin = () => oracledb.thin;
