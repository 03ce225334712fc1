import * as z from 'zod';
import type { ServiceCall } from '../../local/aws/control-plane.ts';
import { ownIdentity } from '../../local/process-identity.ts';
import { ACCOUNT, REGION } from '../../local/template.ts';
import { type BucketRequest, keyOf } from './bucket-traffic.ts';
import { NODES, TAGS } from './target-database.ts';

/** A call of AWS as IAM sees it. */
export const awsCallSchema = z.strictObject({
  /** Who calls: the function with this handler, or the state machine. */
  caller: z.enum(['start', 'step', 'oracle', 'notify', 'machine']),
  /** Such as `s3:GetObject`. */
  action: z.string(),
  resource: z.string(),
  /** What conditions look at, by key. */
  context: z.record(z.string(), z.string()),
});
export type AwsCall = z.output<typeof awsCallSchema>;

type Done = Omit<AwsCall, 'caller'>;

const done = (action: string, resource: string, context = {}): Done => ({
  action,
  resource,
  context,
});

/** Of AWS's own documents the ARN has no account. */
const documentArn = (name: string): string =>
  `arn:aws:ssm:${REGION}:${name.startsWith('AWS-') ? '' : ACCOUNT}:document/${name}`;
const instanceArn = (id: string): string =>
  id.startsWith('mi-')
    ? `arn:aws:ssm:${REGION}:${ACCOUNT}:managed-instance/${id}`
    : `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`;

const sendInput = z.object({
  DocumentName: z.string(),
  InstanceIds: z.array(z.string()).optional(),
  Targets: z.array(z.object({ Values: z.array(z.string()) })).default([]),
});

/** A command is sent by means of a document to instances, and each has to be allowed; what is not there is none. */
const sendCommand = (input: unknown): Done[] => {
  const { DocumentName, InstanceIds, Targets } = sendInput.parse(input);
  const tagged = Targets.some(({ Values }) => Values.includes(TAGS.role)) ? NODES : [];
  const instances = NODES.filter((node) => (InstanceIds ?? tagged).includes(node));
  const context = { 'ssm:resourceTag/role': TAGS.role };
  return [
    done('ssm:SendCommand', documentArn(DocumentName)),
    ...instances.map((id) => done('ssm:SendCommand', instanceArn(id), context)),
  ];
};

/**
 * A step asks about executions of other deployments, too, which no policy allows: it takes the refusal for the answer
 * that nothing is known.
 */
const describeExecution = ({ executionArn }: { executionArn: string }): Done[] =>
  executionArn.includes(`-${ownIdentity()}:`)
    ? [done('states:DescribeExecution', executionArn)]
    : [];

const field = (input: unknown, name: string): string => z.string().parse(Object(input)[name]);

/** What is done with the input of each action. */
const actions: Readonly<Record<string, (input: unknown) => Done[]>> = {
  GetSecretValue: (input) => [done('secretsmanager:GetSecretValue', field(input, 'SecretId'))],
  StartExecution: (input) => [done('states:StartExecution', field(input, 'stateMachineArn'))],
  DescribeExecution: (input) => describeExecution({ executionArn: field(input, 'executionArn') }),
  Invoke: (input) => [done('lambda:InvokeFunction', field(input, 'FunctionName'))],
  PutEvents: () => [
    done('events:PutEvents', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`),
  ],
  Publish: (input) => [done('sns:Publish', field(input, 'TopicArn'))],
  SendCommand: sendCommand,
  GetCommandInvocation: () => [done('ssm:GetCommandInvocation', '*')],
  ListCommands: () => [done('ssm:ListCommands', '*')],
  ListCommandInvocations: () => [done('ssm:ListCommandInvocations', '*')],
};

/** What a request to S3 does: `/bucket?list-type=2`, or an object at `/bucket/key`. */
const objectAction = ({ method, url }: BucketRequest): Done => {
  const of = `arn:aws:s3:::${url.pathname.split('/')[1]}`;
  if (url.searchParams.has('list-type')) return done('s3:ListBucket', of);
  const verbs: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Get', PUT: 'Put' };
  return done(`s3:${verbs[method] ?? method}Object`, `${of}/${keyOf(url)}`);
};

/** Notes which calls of AWS were made, each kind once. */
export class AwsCallRecord {
  readonly #calls = new Map<string, AwsCall>();

  get calls(): readonly AwsCall[] {
    return [...this.#calls.values()];
  }

  readonly note = ({ caller, action, input }: ServiceCall): void => {
    const { [action]: calls } = actions;
    if (!calls) throw new Error(`It is not known what ${action} does.`);
    this.#add(caller ?? '', calls(input));
  };

  readonly noteRequest = (request: BucketRequest): void => {
    this.#add(request.caller, [objectAction(request)]);
  };

  #add(by: string, calls: readonly Done[]): void {
    // Tests read and write the bucket as well.
    const caller = awsCallSchema.shape.caller.safeParse(by);
    if (!caller.success) return;
    for (const { action, resource, context } of calls) {
      // The name of the machine tells whose process it is, which differs; that of a run says nothing.
      const general = resource.replace(`-${ownIdentity()}`, '').replace(/\brun-\d+/, 'run');
      const call = { caller: caller.data, action, resource: general, context };
      this.#calls.set(JSON.stringify(call), call);
    }
  }
}
