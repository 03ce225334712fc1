import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { executionState } from '../aws/execution-state.ts';
import { readSecret } from '../aws/read-secret.ts';
import { s3Store } from '../aws/s3-store.ts';
import { SecretCache } from '../aws/secret-cache.ts';
import { systemClock } from '../aws/system-clock.ts';
import { stepEnvironment } from '../environment.ts';
import { hookRightsSchema } from '../refresh/hooks.ts';
import { parseInput } from '../refresh/parsing.ts';
import { type Run, runSchema } from '../refresh/run.ts';
import type { Ports } from '../steps/ports.ts';
import { runArrayStep } from '../steps/run-array-step.ts';
import { steps } from '../steps/steps.ts';
import { openArrays } from './open-arrays.ts';

const stepInput = z.strictObject({
  step: z.enum(Object.keys(steps) as (keyof typeof steps)[]),
  run: runSchema,
});

const REMEDY = 'Put a JSON object with src_flash_array_host and src_flash_array_api_token there.';
const logger = new Logger({ serviceName: 'flasharray-refresh' });
let cached: ((run: Run) => Ports) | undefined;

/** Does one step of a run: `{ step, run }` in, the new `run` out. */
export const step = async (event: unknown): Promise<Run> => {
  const { step: name, run } = parseInput(stepInput, event, {
    error: 'InvalidStepInput',
    what: 'input of the step function',
    remedy: 'Start a run through the state machine; it calls this function.',
  });
  cached ??= connect();
  return await runArrayStep({ name, act: steps[name], run, ports: cached(run), log: logger });
};

/** Made once for an execution environment, so that array sessions and their connections serve whole runs. */
const connect = (): ((run: Run) => Ports) => {
  const environment = stepEnvironment.parse(process.env);
  const { BUCKET_NAME, SECRET_SECONDS, HOOK_RIGHTS, OBJECTS_AT } = environment;
  const client = new SecretsManagerClient();
  const read = (id: string) => readSecret(client, id, REMEDY);
  const secrets = new SecretCache(read, systemClock, SECRET_SECONDS);
  const open = openArrays(secrets, process.env);
  const common = {
    store: s3Store(new S3Client(), BUCKET_NAME),
    clock: systemClock,
    executionState: executionState(new SFNClient()),
    lingerSeconds: environment.STEP_SECONDS,
    hasOracle: environment.HAS_ORACLE,
    locate: (key: string) => `${OBJECTS_AT}/${key}`,
    hookRights: HOOK_RIGHTS === '' ? undefined : hookRightsSchema.parse(JSON.parse(HOOK_RIGHTS)),
  };
  return (run) => {
    const secret = environment.SECRET_NAMES.get(refreshOf(run)) ?? environment.SECRET_ID;
    return { ...common, sourceArray: open(secret, 'src'), targetArray: open(secret, 'tgt') };
  };
};

/** The name of a run's refresh. The first step has not checked the event yet: it opens no array before it has. */
const refreshOf = ({ refresh, event }: Run): string => refresh ?? String(Object(event).refresh);
