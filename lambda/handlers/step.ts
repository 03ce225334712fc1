import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { CLIENT_OPTIONS } from '../aws/client-options.ts';
import { executionState } from '../aws/execution-state.ts';
import { readSecret } from '../aws/read-secret.ts';
import { s3Store } from '../aws/s3-store.ts';
import { SecretCache } from '../aws/secret-cache.ts';
import { systemClock } from '../aws/system-clock.ts';
import { stepEnvironment } from '../environment.ts';
import { RefreshError } from '../refresh/errors.ts';
import { hookRightsSchema } from '../refresh/hooks.ts';
import { parseInput } from '../refresh/parsing.ts';
import { refreshOf } from '../refresh/request.ts';
import { type Run, runSchema } from '../refresh/run.ts';
import type { Ports } from '../steps/ports.ts';
import { runArrayStep } from '../steps/run-array-step.ts';
import { steps } from '../steps/steps.ts';
import { type CredentialsSource, OpenArrays } from './open-arrays.ts';

const stepInput = z.strictObject({
  step: z.enum(Object.keys(steps) as (keyof typeof steps)[]),
  run: runSchema,
});

const REMEDY = 'Put a JSON object with src_flash_array_host and src_flash_array_api_token there.';
const logger = new Logger({ serviceName: 'flasharray-refresh' });
let cached: ((name: string, run: Run) => Ports) | undefined;

/** Does one step of a run: `{ step, run }` in, the new `run` out. */
export const step = async (event: unknown): Promise<Run> => {
  const { step: name, run } = parseInput(stepInput, event, {
    error: 'InvalidStepInput',
    what: 'input of the step function',
    remedy: 'Start a run through the state machine; it calls this function.',
  });
  cached ??= connect();
  // Requests do not know for which step they are.
  logger.appendKeys({ run: run.id, refresh: refreshOf(run), step: name });
  try {
    return await runArrayStep({
      name,
      act: steps[name],
      run,
      ports: cached(name, run),
      log: logger,
    });
  } finally {
    logger.resetKeys();
  }
};

/** Made once for an execution environment, so that array sessions and their connections serve a whole run. */
const connect = (): ((name: string, run: Run) => Ports) => {
  const environment = stepEnvironment.parse(process.env);
  const { BUCKET_NAME, SECRET_SECONDS, HOOK_RIGHTS, OBJECTS_AT } = environment;
  const client = new SecretsManagerClient(CLIENT_OPTIONS);
  const read = (id: string) => readSecret(client, id, REMEDY);
  const arrays = new OpenArrays(new SecretCache(read, systemClock, SECRET_SECONDS), (call) =>
    logger.info('Array request', { ...call }),
  );
  const common = {
    store: s3Store(new S3Client(CLIENT_OPTIONS), BUCKET_NAME),
    clock: systemClock,
    executionState: executionState(new SFNClient(CLIENT_OPTIONS)),
    lingerSeconds: environment.STEP_SECONDS,
    hasOracle: environment.HAS_ORACLE,
    locate: (key: string) => `${OBJECTS_AT}/${key}`,
    hookRights: HOOK_RIGHTS === '' ? undefined : hookRightsSchema.parse(JSON.parse(HOOK_RIGHTS)),
  };
  return (name, run) => {
    if (name === BEGINNING) arrays.forget();
    return {
      ...common,
      sourceArray: async (pin) =>
        arrays.open(credentialsOf(run, environment), 'src', pin, run.source_array),
      targetArray: async (pin) =>
        arrays.open(credentialsOf(run, environment), 'tgt', pin, run.target_array),
    };
  };
};

/** The step with which a run begins. */
const BEGINNING: keyof typeof steps = 'prepare';

/**
 * Where the credentials are for the arrays of a run's refresh. Where the settings say that of some refreshes, one that they
 * do not name could be meant for any of the arrays.
 * @throws InvalidCredentials
 */
const credentialsOf = (
  run: Run,
  { SECRET_ID, SECRET_NAMES }: z.output<typeof stepEnvironment>,
): CredentialsSource => {
  const common = { id: SECRET_ID, environment: process.env };
  if (SECRET_NAMES.size === 0) return common;
  const name = refreshOf(run) ?? '';
  const secret = SECRET_NAMES.get(name);
  if (secret === '') return common;
  if (secret !== undefined) return { id: secret, environment: {} };
  throw new RefreshError(
    'InvalidCredentials',
    `The settings of the deployment, which say which arrays each refresh is for, do not name "${name}".`,
    'Add it to "refreshes" in the settings, with the secretName of its arrays where it has one, and deploy.',
  );
};
