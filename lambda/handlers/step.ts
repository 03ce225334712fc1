import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { executionState } from '../aws/execution-state.ts';
import { readSecret } from '../aws/read-secret.ts';
import { s3Store } from '../aws/s3-store.ts';
import { systemClock } from '../aws/system-clock.ts';
import { stepEnvironment } from '../environment.ts';
import { RestFlashArray } from '../flasharray/flash-array.ts';
import { Session } from '../flasharray/session.ts';
import { type ArrayCredentials, readCredentials, type Side } from '../refresh/credentials.ts';
import { hookRightsSchema } from '../refresh/hooks.ts';
import { parseInput } from '../refresh/parsing.ts';
import { type Run, runSchema } from '../refresh/run.ts';
import type { FlashArray, Ports } from '../steps/ports.ts';
import { runArrayStep } from '../steps/run-array-step.ts';
import { steps } from '../steps/steps.ts';

const stepInput = z.strictObject({
  step: z.enum(Object.keys(steps) as (keyof typeof steps)[]),
  run: runSchema,
});

const REMEDY = 'Put a JSON object with src_flash_array_host and src_flash_array_api_token there.';
const logger = new Logger({ serviceName: 'flasharray-refresh' });
let cached: Ports | undefined;

/** Does one step of a run: `{ step, run }` in, the new `run` out. */
export const step = async (event: unknown): Promise<Run> => {
  const { step: name, run } = parseInput(stepInput, event, {
    error: 'InvalidStepInput',
    what: 'input of the step function',
    remedy: 'Start a run through the state machine; it calls this function.',
  });
  cached ??= connect();
  return await runArrayStep({ name, act: steps[name], run, ports: cached, log: logger });
};

/** Made once for an execution environment, so that the array session and its connections serve a whole run. */
const connect = (): Ports => {
  const environment = stepEnvironment.parse(process.env);
  const { BUCKET_NAME, HOOK_RIGHTS, OBJECTS_AT } = environment;
  const secrets = new SecretsManagerClient();
  const open = new Map<string, FlashArray>();
  const array = (side: Side) => async (pin: string | null) => {
    const secret = await readSecret(secrets, environment.SECRET_ID, REMEDY);
    const what = `secret "${environment.SECRET_ID}"`;
    const credentials = readCredentials(side, secret, process.env, what);
    const key = JSON.stringify([credentials, pin]);
    const known = open.get(key) ?? openArray(credentials, pin);
    open.set(key, known);
    return known;
  };
  return {
    store: s3Store(new S3Client(), BUCKET_NAME),
    clock: systemClock,
    executionState: executionState(new SFNClient()),
    lingerSeconds: environment.STEP_SECONDS,
    hasOracle: environment.HAS_ORACLE,
    locate: (key) => `${OBJECTS_AT}/${key}`,
    hookRights: HOOK_RIGHTS === '' ? undefined : hookRightsSchema.parse(JSON.parse(HOOK_RIGHTS)),
    sourceArray: array('src'),
    targetArray: array('tgt'),
  };
};

const openArray = (credentials: ArrayCredentials, pin: string | null): FlashArray =>
  new RestFlashArray(new Session(credentials, pin, systemClock));
