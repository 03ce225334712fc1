import * as z from 'zod';
import type { Driver } from '../../lambda/oracle/driver.ts';
import { remoteDriver } from './remote-driver.ts';

/**
 * The Oracle function as it runs on one machine: the real bundle, given another far end. The bundle itself knows nothing
 * of a simulator. Loaded by the function's worker in place of the bundle.
 */
const environment = z
  .object({
    /** File URL of the bundle; exports `createOracleHandler`. */
    ORACLE_BUNDLE: z.string().min(1),
    /** As `serve` of the simulator told it. */
    ORACLE_SIMULATOR_URL: z.string().min(1),
  })
  .parse(process.env);

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const { createOracleHandler } = z
  .object({
    createOracleHandler: z.custom<(driver: Driver) => Handler>(
      (value) => typeof value === 'function',
    ),
  })
  .parse({ ...(await import(environment.ORACLE_BUNDLE)) });

export const oracle: Handler = createOracleHandler(remoteDriver(environment.ORACLE_SIMULATOR_URL));
