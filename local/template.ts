import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ownIdentity } from './process-identity.ts';

const STACK = 'FlashArrayRefresh';
export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** One of the stack's functions: where its code is, and its environment. */
export interface FunctionResource {
  readonly arn: string;
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What the local run takes from the synthesized template. */
export interface StackResources {
  /** The state machine in Amazon States Language. */
  readonly definition: unknown;
  readonly stateMachineArn: string;
  readonly start: FunctionResource;
  readonly step: FunctionResource;
  readonly oracle: FunctionResource;
  readonly notify: FunctionResource;
  readonly bucket: string;
  readonly secret: string;
  /** The one with the credentials of the source database. */
  readonly oracleSecret: string;
}

const resource = z.object({ Type: z.string(), Properties: z.unknown(), Metadata: z.unknown() });
const template = z.object({ Resources: z.record(z.string(), resource) });
const functionProperties = z.object({
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const functionMetadata = z.object({ 'aws:asset:path': z.string() });
const machineProperties = z.object({ DefinitionString: z.unknown() });

/** Reads the stack's template in the assembly, with its references resolved to names of a local account. */
export const readStack = async (assembly: string): Promise<StackResources> => {
  const text = await readFile(join(assembly, `${STACK}.template.json`), 'utf8');
  const { Resources } = template.parse(JSON.parse(text));
  const names = new Map(
    Object.entries(Resources).map(([id, { Type }]) => [id, nameResource(id, Type)]),
  );
  const resolve = (value: unknown): string => resolveIntrinsic(value, names);

  const functions = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties, Metadata }]) => ({
      id,
      properties: functionProperties.safeParse(Properties),
      asset: functionMetadata.safeParse(Metadata),
    }));
  const find = (handler: string): FunctionResource => {
    const found = functions.find(({ properties }) => properties.data?.Handler === handler);
    if (!found?.properties.success || !found.asset.success) {
      throw new Error(`The template has no function with handler ${handler}.`);
    }
    const variables = Object.entries(found.properties.data.Environment.Variables);
    return {
      arn: resolve({ 'Fn::GetAtt': [found.id, 'Arn'] }),
      bundle: join(assembly, found.asset.data['aws:asset:path'], 'index.mjs'),
      environment: Object.fromEntries(variables.map(([key, value]) => [key, resolve(value)])),
    };
  };

  const [machineId, machine] =
    Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine') ??
    [];
  if (machineId === undefined) throw new Error('The template has no state machine.');
  const { DefinitionString } = machineProperties.parse(machine?.Properties);
  const [step, oracle] = [find('index.step'), find('index.oracle')];
  return {
    definition: JSON.parse(resolve(DefinitionString)),
    stateMachineArn: resolve({ Ref: machineId }),
    start: find('index.start'),
    step,
    oracle,
    notify: find('index.notify'),
    bucket: step.environment['BUCKET_NAME'] ?? '',
    secret: step.environment['SECRET_ID'] ?? '',
    oracleSecret: oracle.environment['SECRET_ID'] ?? '',
  };
};

/** What `Ref` yields, and for functions and machines the ARN too. */
const nameResource = (id: string, type: string): string => {
  if (type === 'AWS::S3::Bucket') return id.toLowerCase();
  if (type === 'AWS::SecretsManager::Secret') {
    return `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${id}`;
  }
  if (type === 'AWS::StepFunctions::StateMachine') {
    return machineArn(id);
  }
  if (type === 'AWS::SNS::Topic') return `arn:aws:sns:${REGION}:${ACCOUNT}:${id}`;
  if (type === 'AWS::Lambda::Function') {
    return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`;
  }
  return id;
};

const LONGEST_MACHINE_NAME = 80;

/**
 * ARN of a state machine by its logical id. The machine bears the name of the process that runs it, so that an
 * execution's ARN tells others whose it is.
 */
export const machineArn = (id: string): string => {
  const identity = ownIdentity();
  const name = `${id.slice(0, LONGEST_MACHINE_NAME - 1 - identity.length)}-${identity}`;
  return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
};

/** The identity of the process that runs a local execution, by the execution's ARN. */
export const processOf = (executionArn: string): string | undefined => {
  const [prefix, machine = ''] = executionArn.split(':execution:');
  if (prefix !== `arn:aws:states:${REGION}:${ACCOUNT}`) return undefined;
  return /^[A-Za-z0-9]+-(.+):[^:]+$/.exec(machine)?.[1];
};

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::StackName': STACK,
};

const ref = z.strictObject({ Ref: z.string() });
const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
const join_ = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/** A value of the template as text; whatever else the stack may use one day is refused, not guessed. */
const resolveIntrinsic = (value: unknown, names: ReadonlyMap<string, string>): string => {
  if (typeof value === 'string') return value;
  const joined = join_.safeParse(value);
  if (joined.success) {
    const [separator, parts] = joined.data['Fn::Join'];
    return parts.map((part) => resolveIntrinsic(part, names)).join(separator);
  }
  const id = ref.safeParse(value).data?.Ref ?? getAtt.safeParse(value).data?.['Fn::GetAtt'][0];
  const name = id === undefined ? undefined : (pseudo[id] ?? names.get(id));
  if (name !== undefined) return name;
  throw new Error(`The local run cannot resolve ${JSON.stringify(value)} of the template.`);
};
