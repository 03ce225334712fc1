import * as z from 'zod';

/**
 * Just the Amazon States Language that our machine uses. Whatever else it may use one day is refused, not guessed: an
 * interpreter that overlooks a field walks through a machine that nobody deploys.
 */

/** `$`, or names behind it: `$.guard.wait_seconds`. */
const path = z.string().regex(/^\$(?:\.[a-z_]+|\.[A-Z][A-Za-z]*)*$/, 'not a path of plain names');
const next = z.string();

/** Whether there is the one or the other. */
const isOne = (value: unknown, other: unknown): boolean =>
  (value === undefined) !== (other === undefined);

/** A value with paths in it, under names that end in `.$`. */
export type Template = { readonly [name: string]: string | number | Template };
const template: z.ZodType<Template> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), z.number(), template])),
);

/** Makes a document of its own, or puts something that is always the same into the one that it is given. */
const pass = z
  .strictObject({
    Type: z.literal('Pass'),
    Comment: z.string().optional(),
    Parameters: template.optional(),
    Result: z.record(z.string(), z.string()).optional(),
    ResultPath: path.optional(),
    Next: next,
  })
  .refine((state) => isOne(state.Parameters, state.Result), 'not one result')
  .refine((state) => isOne(state.Parameters, state.ResultPath), 'not one place for the result');

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

const task = z
  .strictObject({
    Type: z.literal('Task'),
    /** The optimised integration, `{ FunctionName, Payload }` in, `{ Payload }` out; or that of the SDK. */
    Resource: z.string().regex(/^arn:aws:states:::(?:lambda:invoke|aws-sdk:ssm:[a-zA-Z]+)$/),
    Parameters: template,
    ResultSelector: template.optional(),
    ResultPath: path.optional(),
    OutputPath: path.optional(),
    TimeoutSeconds: z.number().optional(),
    TimeoutSecondsPath: path.optional(),
    Retry: z.array(retrier).default([]),
    Catch: z.array(catcher),
    Next: next,
  })
  .refine(
    ({ TimeoutSeconds, TimeoutSecondsPath }) => isOne(TimeoutSeconds, TimeoutSecondsPath),
    'not one timeout',
  );

const ofBoolean = { Variable: path, BooleanEquals: z.boolean() };
const ofText = { Variable: path, StringEquals: z.string() };
const ofNumber = { Variable: path, NumericGreaterThan: z.number() };
const ofPresence = { Variable: path, IsPresent: z.literal(true) };
const comparison = z.union([
  z.strictObject(ofBoolean),
  z.strictObject(ofText),
  z.strictObject(ofNumber),
  z.strictObject(ofPresence),
]);
const either = z.strictObject({ Or: z.array(comparison) });
const condition = z.union([comparison, either]);
const rule = z.union([
  z.strictObject({ ...ofBoolean, Next: next }),
  z.strictObject({ ...ofText, Next: next }),
  z.strictObject({ ...ofNumber, Next: next }),
  z.strictObject({ ...ofPresence, Next: next }),
  z.strictObject({ And: z.array(condition), Next: next }),
]);

const choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z.array(rule),
  Default: next.optional(),
});
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
export type Condition = z.output<typeof condition>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
