import oracledb from 'oracledb';
import { connector } from './connector.ts';

/** Sessions with a real database, in the driver's thin mode: plain JavaScript, no Oracle client beside it. */
export const connectOracle = connector(oracledb);
