import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TIMEOUTS } from '../../lambda/oracle/database.ts';
import { BEGIN_BACKUP, END_BACKUP } from '../../lambda/oracle/statements.ts';
import type { Fault } from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import type { DatabaseFault } from '../../local/database/simulator.ts';
import { type ExecutionResult, LocalFlow } from '../../local/flow.ts';
import { readStack, type StackResources } from '../../local/template.ts';
import { some } from '../support/extent.ts';
import { type Configuration, configurations, REFRESH } from './support/configurations.ts';
import { drive } from './support/drive.ts';
import { Ground } from './support/ground.ts';
import { Interpreter, TaskError } from './support/interpreter.ts';

const RUN = 'run-1';
let stack: StackResources;

beforeAll(async () => {
  stack = await readStack(await findAssembly());
});

/** What a machine did: the states that it entered, and how it ended. */
interface Course {
  readonly states: readonly string[];
  readonly result: ExecutionResult;
}

/** The run by the interpreter. */
const interpret = async (ground: Ground): Promise<Course> => {
  const states: string[] = [];
  const interpreter = new Interpreter(stack.definition);
  const result = await drive(ground, interpreter, {
    run: RUN,
    from: interpreter.begin({ refresh: REFRESH }),
    onEnter: ({ state }) => states.push(state),
  });
  if (!('error' in result || result.status === 'SUCCEEDED')) throw new Error('It did not end.');
  return { states, result };
};

/** The same run by aws-local-stepfunctions. */
const runLocally = async (ground: Ground): Promise<Course> => {
  const environment = ground.environment();
  const flow = new LocalFlow({
    definition: stack.definition,
    stateMachineArn: stack.stateMachineArn,
    retryScale: 0,
    function: () => ({ invoke: (event) => environment.invoke(event).catch(asFunctionError) }),
    callService: async (action, input) => ground.hooks?.hosts.serve(action, input),
    afterTask: async () => ground.simulator.advance(0),
    wait: (seconds) => ground.simulator.advance(seconds * 1000),
  });
  const execution = flow.start(RUN, { refresh: REFRESH });
  const result = await execution.result;
  const states = execution.history.flatMap((event) =>
    event.type === 'StateEntered' ? [event.state.name] : [],
  );
  return { states, result };
};

const asFunctionError = (error: unknown): never => {
  if (!(error instanceof TaskError)) throw error;
  throw Object.assign(new Error(error.document), { name: error.error });
};

const refused: Fault['effect'] = { status: 400, body: { errors: [{ message: 'Not now.' }] } };
const busy: Fault['effect'] = { status: 503 };
const path = '/volumes/batch';
const onArray = (fault: Fault) => (ground: Ground) => ground.simulator.addFaults([fault]);
const onDatabase = (fault: DatabaseFault) => (ground: Ground) =>
  ground.database?.simulator.addFaults([fault]);
type Named = readonly [string, (ground: Ground) => void];
const undisturbed: Named = ['undisturbed', () => {}];
const troubles: readonly Named[] = [
  undisturbed,
  ['that is put back', onArray({ method: 'POST', path, effect: { hang_up: 'after' }, times: 4 })],
  ['that tries again', onArray({ method: 'POST', path, effect: busy, times: 2 })],
  ['that cannot be put back', onArray({ method: 'POST', path, effect: refused, times: 0 })],
];
const late = TIMEOUTS.executeMs + 30_000;
const databaseTroubles: readonly Named[] = [
  undisturbed,
  [
    'that waits for the database, and fails',
    onDatabase({ statement: BEGIN_BACKUP, effect: { act_late_ms: late } }),
  ],
  [
    'that cannot end backup mode',
    onDatabase({ statement: END_BACKUP, times: 0, effect: { refuse: 600 } }),
  ],
];

/** With hooks a run goes through the most states. */
const troublesOf = ({ hasDatabase, hasHooks }: Configuration): readonly Named[] => {
  if (hasDatabase) return databaseTroubles;
  return hasHooks ? troubles : some(troubles, 2);
};

const newest = configurations.filter(
  ({ restVersion, keepsCreated }) => restVersion === '2.56' && !keepsCreated,
);

describe.each(newest)('a refresh on $name', (configuration) => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.open(configuration);
  });
  afterAll(() => ground.close());

  it.each(troublesOf(configuration))(
    '%s enters the same states as on the local flow',
    async (_, disturb) => {
      const begin = ground.save();
      disturb(ground);
      const expected = await runLocally(ground);
      await ground.goBack(begin);
      disturb(ground);

      const found = await interpret(ground);

      expect(found.states).toEqual(expected.states);
      expect(found.result.status).toBe(expected.result.status);
      expect(ending(found)).toEqual(ending(expected));
      await ground.goBack(begin);
    },
  );
});

const ending = ({ result }: Course) => result.status === 'FAILED' && [result.error, result.cause];

it('refuses a machine that uses more than it knows', () => {
  const states = { Begin: { Type: 'Succeed', Output: {} } };
  const machine = { StartAt: 'Begin', TimeoutSeconds: 60, States: states };
  expect(() => new Interpreter(machine)).toThrow('Output');
});
