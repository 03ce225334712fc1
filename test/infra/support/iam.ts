import * as z from 'zod';
import type { AwsCall } from '../../support/aws-calls.ts';
import { type Resources, resolve, resourcesIn } from './account.ts';

/** One action on one resource that a policy allows, or denies, a caller. */
export interface Grant {
  readonly caller: AwsCall['caller'];
  readonly effect: 'Allow' | 'Deny';
  /** Both may have `*` and `?`. */
  readonly action: string;
  readonly resource: string;
  /** Values of which the context must have one, by key; a grant that asks for anything else is never met. */
  readonly conditions: Readonly<Record<string, readonly string[]>>;
}

/** Roles by the beginning of their logical ids. */
const callers: Readonly<Record<string, AwsCall['caller']>> = {
  StartRole: 'start',
  StepRole: 'step',
  OracleRole: 'oracle',
  NotifyRole: 'notify',
  FlowStateMachineRole: 'machine',
};

const list = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((one) => [one])]);
const policy = z.object({
  Roles: z.array(z.object({ Ref: z.string() })),
  PolicyDocument: z.object({
    Statement: z.array(
      z.strictObject({
        Effect: z.enum(['Allow', 'Deny']),
        Action: list(z.string()),
        Resource: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
        Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
      }),
    ),
  }),
});

/** Roles that are neither a function's nor the machine's. */
const OTHER_ROLES = /^SchedulerRole/;

/**
 * What the policies of a template grant to functions and to the state machine.
 * @throws where somebody is granted something in a way that is not looked at here
 */
export const grantsIn = (template: object): Grant[] => {
  const all = resourcesIn(template);
  for (const [id, { Type, Properties }] of Object.entries(all)) {
    const isRole = Type === 'AWS::IAM::Role';
    if (isRole && ('ManagedPolicyArns' in Object(Properties) || 'Policies' in Object(Properties)))
      throw new Error(`${id} has policies that are not resources of their own.`);
    if (!isRole && Type.startsWith('AWS::IAM::') && Type !== 'AWS::IAM::Policy')
      throw new Error(`${id} is of type ${Type}, which is not looked at.`);
  }
  return Object.values(all)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => grantsOf(policy.parse(Properties), all));
};

const callerOf = (role: string): AwsCall['caller'] | undefined => {
  const caller = callers[role.replace(/[0-9A-F]{8}$/, '')];
  if (caller || OTHER_ROLES.test(role)) return caller;
  throw new Error(`It is not known whose role ${role} is.`);
};

const grantsOf = ({ Roles, PolicyDocument }: z.output<typeof policy>, all: Resources): Grant[] =>
  Roles.flatMap(({ Ref }) => callerOf(Ref) ?? []).flatMap((caller) =>
    PolicyDocument.Statement.flatMap(({ Effect: effect, Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.map((resource) => ({
          caller,
          effect,
          action,
          resource: resolve(resource, all),
          conditions: conditionsOf(Condition, all),
        })),
      ),
    ),
  );

const conditionsOf = (
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  all: Resources,
): Grant['conditions'] =>
  Object.fromEntries(
    Object.entries(condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => [
        operator === 'StringEquals' ? key : `${operator} ${key}`,
        [values].flat().map((value) => resolve(value, all)),
      ]),
    ),
  );

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/** Whether a grant is about a call. */
export const covers = (grant: Grant, call: AwsCall): boolean =>
  grant.caller === call.caller &&
  matches(grant.action, call.action) &&
  matches(grant.resource, call.resource) &&
  Object.entries(grant.conditions).every(([key, values]) =>
    values.includes(call.context[key] ?? ''),
  );

/** The calls that IAM would refuse. */
export const deniedBy = (grants: readonly Grant[], calls: readonly AwsCall[]): AwsCall[] =>
  calls.filter((call) => {
    const about = grants.filter((grant) => covers(grant, call));
    return about.length === 0 || about.some(({ effect }) => effect === 'Deny');
  });

/** What is allowed, and no call needs. A wildcard action allows more than any call needs. */
export const unusedBy = (grants: readonly Grant[], calls: readonly AwsCall[]): Grant[] =>
  grants.filter(
    (grant) =>
      grant.effect === 'Allow' &&
      !calls.some((call) => covers(grant, call) && call.action === grant.action),
  );
