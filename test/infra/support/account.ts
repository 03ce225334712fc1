import * as z from 'zod';
import { ACCOUNT, REGION } from '../../../local/template.ts';

/** The resources of a template, by logical id. */
const resources = z.record(
  z.string(),
  z.looseObject({ Type: z.string(), Properties: z.unknown() }),
);
export type Resources = z.output<typeof resources>;
export const resourcesIn = (template: object): Resources =>
  resources.parse(Object(template).Resources);

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The ARN of a resource where the stack is deployed as the local run has it. Buckets bear their id in lower case. */
const arnOf = (id: string, type: string): string => {
  const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
  const [, service = '', kind = ''] = type.split('::');
  if (kind === 'Bucket') return `arn:aws:s3:::${id.toLowerCase()}`;
  if (kind === 'Secret') return arn('secretsmanager', `secret:${id}`);
  if (kind === 'StateMachine') return arn('states', `stateMachine:${id}`);
  if (service === 'Lambda') return arn('lambda', `function:${id}`);
  return arn(service.toLowerCase(), id);
};

const ref = z.strictObject({ Ref: z.string() });
const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.enum(['Arn', 'Name'])]) });
const join = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/** A string of the template, with all references resolved. @throws where it has one that is not known */
export const resolve = (value: unknown, all: Resources): string => {
  if (typeof value === 'string') return value;
  const joined = join.safeParse(value).data?.['Fn::Join'];
  if (joined) return joined[1].map((part) => resolve(part, all)).join(joined[0]);
  const [id = '', attribute] = getAtt.safeParse(value).data?.['Fn::GetAtt'] ?? [
    ref.parse(value).Ref,
    'Ref',
  ];
  if (pseudo[id] !== undefined) return pseudo[id];
  const type = all[id]?.Type;
  if (type === undefined) throw new Error(`The template has no ${id}.`);
  return attribute === 'Name' ? id : arnOf(id, type);
};
