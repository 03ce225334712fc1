import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { templateString } from './intrinsics.ts';

const catcher = z.strictObject({
  ErrorEquals: z.array(z.string()),
  ResultPath: z.string().optional(),
  Next: z.string(),
});

const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.string(),
  Parameters: z.strictObject({
    FunctionName: z.string(),
    Payload: z.strictObject({ step: z.string(), 'run.$': z.string() }),
  }),
  OutputPath: z.string().optional(),
  TimeoutSeconds: z.number().optional(),
  TimeoutSecondsPath: z.string().optional(),
  Retry: z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })).default([]),
  Catch: z.array(catcher).default([]),
  Next: z.string(),
});

/** A task that is no step: of a hook. */
const call = z.looseObject({
  Type: z.literal('Task'),
  Resource: z.string().regex(/:aws-sdk:ssm:|:lambda:invoke$/),
  Parameters: z.record(z.string(), z.unknown()),
  ResultPath: z.string(),
  TimeoutSeconds: z.number().optional(),
  TimeoutSecondsPath: z.string().optional(),
  Retry: z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })).default([]),
  Catch: z.array(catcher).default([]),
  Next: z.string(),
});

const other = z.looseObject({ Type: z.enum(['Pass', 'Choice', 'Wait', 'Succeed', 'Fail']) });

const definition = z.looseObject({
  StartAt: z.string(),
  TimeoutSeconds: z.number(),
  States: z.record(z.string(), z.union([task, call, other])),
});

export const STEP_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:step';
export const ORACLE_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:oracle';

/** The only state machine of the template, as its JSON text with an `aws` partition and as what it says. */
export function stateMachineOf(template: Template) {
  const [machine, ...others] = Object.values(
    template.findResources('AWS::StepFunctions::StateMachine'),
  );
  if (machine === undefined || others.length > 0) throw new Error('expected one state machine');
  const text = templateString
    .parse(machine['Properties'].DefinitionString)
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<Step.Arn>', STEP_ARN)
    .replaceAll('<Oracle.Arn>', ORACLE_ARN);
  const states = Object.entries(definition.parse(JSON.parse(text)).States);
  const tasks = states.flatMap(([name, state]) => {
    const result = task.safeParse(state);
    return result.success ? [{ name, ...result.data }] : [];
  });
  const calls = states.flatMap(([name, state]) => {
    const result = call.safeParse(state);
    const isStep = task.safeParse(state).success;
    return result.success && !isStep ? [{ name, ...result.data }] : [];
  });
  return { text, definition: definition.parse(JSON.parse(text)), tasks, calls };
}
