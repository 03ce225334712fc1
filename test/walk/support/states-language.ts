import * as z from 'zod';

/**
 * Just the Amazon States Language that our machine uses. Whatever else it may use one day is refused, not guessed: an
 * interpreter that overlooks a field walks through a machine that nobody deploys.
 */

/** `$`, or names behind it: `$.guard.wait_seconds`. */
const path = z.string().regex(/^\$(?:\.[a-z_]+|\.[A-Z][A-Za-z]*)*$/, 'not a path of plain names');
const next = z.string();

const pass = z.strictObject({
  Type: z.literal('Pass'),
  Comment: z.string().optional(),
  Parameters: z.record(z.string(), z.string()),
  Next: next,
});

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  MaxAttempts: z.number(),
  BackoffRate: z.number(),
  JitterStrategy: z.literal('FULL').optional(),
});

const catcher = z.strictObject({
  ErrorEquals: z.array(z.string()),
  ResultPath: path,
  Next: next,
});

/** Whether there is the one or the other: a value, or the path to it. */
const isOne = (value: unknown, valuePath: unknown): boolean =>
  (value === undefined) !== (valuePath === undefined);

const task = z
  .strictObject({
    Type: z.literal('Task'),
    /** The optimised integration: `{ FunctionName, Payload }` in, `{ Payload }` out. */
    Resource: z.string().regex(/^arn:aws:states:::lambda:invoke$/),
    Parameters: z.strictObject({
      FunctionName: z.string(),
      Payload: z.record(z.string(), z.string()),
    }),
    OutputPath: z.literal('$.Payload'),
    TimeoutSeconds: z.number().optional(),
    TimeoutSecondsPath: path.optional(),
    Retry: z.array(retrier),
    Catch: z.array(catcher),
    Next: next,
  })
  .refine(
    ({ TimeoutSeconds, TimeoutSecondsPath }) => isOne(TimeoutSeconds, TimeoutSecondsPath),
    'not one timeout',
  );

const rule = z.union([
  z.strictObject({ Variable: path, BooleanEquals: z.boolean(), Next: next }),
  z.strictObject({ Variable: path, NumericGreaterThan: z.number(), Next: next }),
  z.strictObject({ Variable: path, IsPresent: z.literal(true), Next: next }),
]);

const choice = z.strictObject({ Type: z.literal('Choice'), Choices: z.array(rule), Default: next });
const wait = z.strictObject({ Type: z.literal('Wait'), SecondsPath: path, Next: next });
const succeed = z.strictObject({ Type: z.literal('Succeed') });
/** With its own name for the error, or the one that the document has. */
const fail = z
  .strictObject({
    Type: z.literal('Fail'),
    Error: z.string().optional(),
    ErrorPath: path.optional(),
    CausePath: path,
  })
  .refine((state) => isOne(state.Error, state.ErrorPath), 'not one error');

export const machineSchema = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.number(),
  States: z.record(
    z.string(),
    z.discriminatedUnion('Type', [pass, task, choice, wait, succeed, fail]),
  ),
});

export type Machine = z.output<typeof machineSchema>;
export type State = Machine['States'][string];
export type Rule = z.output<typeof rule>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
