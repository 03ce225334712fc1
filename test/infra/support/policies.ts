import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { templateStrings } from './intrinsics.ts';

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: templateStrings,
  Resource: templateStrings.default([]),
  Condition: z.record(z.string(), z.unknown()).optional(),
});
const document = z.object({ Statement: z.array(statement) });
export type Statement = z.infer<typeof statement>;

/** The statements of every policy document in this part of a template, wherever it lies. */
export function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const here = document.safeParse(value);
  return here.success ? here.data.Statement : Object.values(value).flatMap(statementsIn);
}

/** What the role may do, by all of its policies: every action with its resources. */
export function permissionsOf(template: Template, role: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const own = policies.filter(({ Properties }) =>
    templateStrings.parse(Properties.Roles).some((name) => name.startsWith(`<${role}`)),
  );
  return statementsIn(own).flatMap(({ Action, Resource }) =>
    Action.map((action) => `${action} ${Resource.join(' ')}`),
  );
}
