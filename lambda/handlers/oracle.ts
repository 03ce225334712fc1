import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import oracledb from 'oracledb';
import * as z from 'zod';
import { CLIENT_OPTIONS } from '../aws/client-options.ts';
import { readSecret } from '../aws/read-secret.ts';
import { systemClock } from '../aws/system-clock.ts';
import { oracleEnvironment } from '../environment.ts';
import { connector } from '../oracle/connector.ts';
import { readDatabaseCredentials } from '../oracle/credentials.ts';
import { TIMEOUTS } from '../oracle/database.ts';
import { type DatabasePorts, databaseSteps } from '../oracle/database-steps.ts';
import type { Driver } from '../oracle/driver.ts';
import { RefreshError } from '../refresh/errors.ts';
import { parseInput } from '../refresh/parsing.ts';
import { type Run, runSchema } from '../refresh/run.ts';
import { runStep } from '../steps/run-step.ts';

const stepInput = z.strictObject({
  step: z.enum(Object.keys(databaseSteps) as (keyof typeof databaseSteps)[]),
  run: runSchema,
});

const logger = new Logger({ serviceName: 'flasharray-refresh' });
const REMEDY = 'Put a JSON object with ora_src_usr, ora_src_pwd and ora_src_cs there.';

/** Does one step on the source database, through any driver: `{ step, run }` in, the new `run` out. */
export const createOracleHandler = (driver: Driver) => {
  let cached: DatabasePorts | undefined;
  return async (event: unknown): Promise<Run> => {
    const { step, run } = parseInput(stepInput, event, {
      error: 'InvalidStepInput',
      what: 'input of the Oracle function',
      remedy: 'Start a run through the state machine; it calls this function.',
    });
    cached ??= connect(driver);
    const ports = cached;
    const act = databaseSteps[step];
    return await runStep({
      name: step,
      act: () => act(run, ports),
      run,
      clock: ports.clock,
      log: logger,
    });
  };
};

export const oracle = createOracleHandler(oracledb);

const connect = (driver: Driver): DatabasePorts => {
  const { SECRET_ID, STEP_SECONDS } = oracleEnvironment.parse(process.env);
  const secrets = new SecretsManagerClient(CLIENT_OPTIONS);
  const open = connector(driver);
  return {
    clock: systemClock,
    lingerSeconds: STEP_SECONDS,
    // Each session with the password of the moment: it may have been renewed.
    open: async () => {
      const secret = await readSecret(secrets, SECRET_ID, REMEDY).catch(unreadable);
      return open(readDatabaseCredentials(secret, `secret "${SECRET_ID}"`), TIMEOUTS);
    },
  };
};

/** By a name of ours, from which can be told that nothing has reached the database. */
const unreadable = (error: unknown): never => {
  if (error instanceof RefreshError) throw error;
  throw new RefreshError(
    'DatabaseUnavailable',
    `The secret with the credentials of the database could not be read (${error instanceof Error ? error.name : 'unknown failure'}).`,
    'Look at Secrets Manager, the function’s role and its way there; then run again.',
    { cause: error },
  );
};
