import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOracleHandler, oracle } from '../../../lambda/handlers/oracle.ts';
import { createDatabaseSimulator } from '../../../local/database/simulator.ts';
import { rejectionOf } from '../support/refusals.ts';

afterEach(() => vi.unstubAllEnvs());

const run = { id: 'nightly-1', execution: 'arn', started: '2026-11-24T01:00:00.000Z' };

describe('the Oracle function', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the document: expected an object, found nothing'],
    ['a step on arrays', { step: 'prepare', run }, 'step: '],
    ['a step that every object has', { step: 'toString', run }, 'step: '],
    ['no run', { step: 'end-backup' }, 'run: expected an object, found nothing'],
    [
      'a statement of its own',
      { step: 'end-backup', run, sql: 'ALTER DATABASE CLOSE' },
      'unknown key "sql"',
    ],
  ])('called with %s says what is wrong', async (_, event, problem) => {
    expect(await rejectionOf(oracle(event))).toMatchObject({
      name: 'InvalidStepInput',
      message: expect.stringContaining(problem),
      remedy: 'Start a run through the state machine; it calls this function.',
    });
  });

  it('that cannot read the secret says so by a name of ours, and has asked the database nothing', async () => {
    const environment = {
      SECRET_ID: 'oracle',
      STEP_SECONDS: '600',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'key',
      // Nobody listens on port 1.
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const simulator = createDatabaseSimulator();
    const handler = createOracleHandler(simulator.driver);

    const failure = await rejectionOf(handler({ step: 'read-database', run }));

    expect(failure).toMatchObject({
      name: 'DatabaseUnavailable',
      message: expect.stringContaining('could not be read'),
    });
    expect(simulator.statements()).toEqual([]);
  });
});
