import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { ExecutionStatus } from '../executions.ts';
import { RunCommandError } from '../hosts/command-document.ts';
import type { ManagedHosts } from '../hosts/managed-hosts.ts';

/** A call of a service of AWS. */
export interface ServiceCall {
  /** Access key of who calls: one of the functions, or the state machine. */
  readonly caller: string | undefined;
  /** Such as `GetSecretValue`. */
  readonly action: string;
  readonly input: unknown;
}

/** The services that are called on loopback: Secrets Manager, Step Functions, Systems Manager, EventBridge and SNS. */
export interface ControlPlane {
  readonly url: string;
  stop(): Promise<void>;
}

/** A message that SNS was given. */
export interface Published {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
}

/** An event that EventBridge was given. */
export interface PutEvent {
  readonly source: string;
  readonly type: string;
  readonly detail: unknown;
}

export interface ControlPlaneOptions {
  /** Secret documents by secret id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** False when an execution of that name has been started already. */
  readonly startExecution: (name: string, input: unknown) => boolean;
  readonly executionArn: (name: string) => string;
  /** Of an execution by its ARN; undefined when nothing is known of it. */
  readonly executionStatus: (arn: string) => ExecutionStatus | undefined;
  /** Receives what is published to topics, and the events that are put on a bus. */
  readonly onPublish?: (message: Published) => void;
  readonly onEvent?: (event: PutEvent) => void;
  /** What Run Command reaches; without it, it reaches nothing. */
  readonly hosts?: ManagedHosts;
  /** Called for each call, whatever comes of it. */
  readonly onCall?: ((call: ServiceCall) => void) | undefined;
}

type Reply = { readonly status: number; readonly body: unknown };
type Action = (input: unknown, options: ControlPlaneOptions) => Reply;

const failure = (type: string, message: string): Reply => ({
  status: 400,
  body: { __type: type, message },
});

const getSecretValue: Action = (input, { secrets }) => {
  const { SecretId } = z.object({ SecretId: z.string() }).parse(input);
  const SecretString = secrets.get(SecretId);
  if (SecretString !== undefined) {
    return { status: 200, body: { ARN: SecretId, Name: SecretId, SecretString } };
  }
  return failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
};

const startExecution: Action = (input, options) => {
  const { name, input: document } = z.object({ name: z.string(), input: z.string() }).parse(input);
  if (!options.startExecution(name, JSON.parse(document))) {
    return failure('ExecutionAlreadyExists', `Execution Already Exists: '${name}'`);
  }
  const started = { executionArn: options.executionArn(name), startDate: Date.now() / 1000 };
  return { status: 200, body: started };
};

const describeExecution: Action = (input, { executionStatus }) => {
  const { executionArn } = z.object({ executionArn: z.string() }).parse(input);
  const status = executionStatus(executionArn);
  if (status !== undefined) return { status: 200, body: { executionArn, status } };
  return failure('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
};

const entrySchema = z
  .object({ Source: z.string(), DetailType: z.string(), Detail: z.string() })
  .transform(({ Source, DetailType, Detail }) => ({
    source: Source,
    type: DetailType,
    detail: JSON.parse(Detail),
  }));

const putEvents: Action = (input, { onEvent }) => {
  const { Entries } = z.object({ Entries: z.array(entrySchema) }).parse(input);
  for (const entry of Entries) onEvent?.(entry);
  return {
    status: 200,
    body: { FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: `${index}` })) },
  };
};

const publishSchema = z
  .object({ TopicArn: z.string(), Subject: z.string().max(100), Message: z.string() })
  .transform(({ TopicArn, Subject, Message }) => ({
    topic: TopicArn,
    subject: Subject,
    message: Message,
  }));

/** SNS alone still speaks the query protocol: a form comes in, XML goes out. */
const publish = (
  form: string,
  { onPublish, onCall }: ControlPlaneOptions,
  caller?: string,
): string => {
  const input = Object.fromEntries(new URLSearchParams(form));
  onCall?.({ caller, action: input['Action'] ?? '', input });
  onPublish?.(publishSchema.parse(input));
  return '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
};

const runCommand =
  (act: (hosts: ManagedHosts, input: unknown) => unknown): Action =>
  (input, { hosts }) => {
    if (!hosts) return failure('InvalidInstanceId', 'No instance is managed here.');
    try {
      return { status: 200, body: act(hosts, input) };
    } catch (error) {
      if (error instanceof RunCommandError) return failure(error.type, error.message);
      return failure('ValidationException', String(error));
    }
  };

const actions: Readonly<Record<string, Action>> = {
  'secretsmanager.GetSecretValue': getSecretValue,
  'AWSStepFunctions.StartExecution': startExecution,
  'AWSStepFunctions.DescribeExecution': describeExecution,
  'AWSEvents.PutEvents': putEvents,
  'AmazonSSM.SendCommand': runCommand((hosts, input) => hosts.sendCommand(input)),
  'AmazonSSM.GetCommandInvocation': runCommand((hosts, input) => hosts.getCommandInvocation(input)),
  'AmazonSSM.ListCommands': runCommand((hosts, input) => hosts.listCommands(input)),
  'AmazonSSM.ListCommandInvocations': runCommand((hosts, input) =>
    hosts.listCommandInvocations(input),
  ),
};

/** The access key in a request's signature. */
export const callerOf = ({ authorization }: IncomingHttpHeaders): string | undefined =>
  /Credential=([^/]+)/.exec(authorization ?? '')?.[1];

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: ControlPlaneOptions,
): Promise<void> => {
  const target = String(request.headers['x-amz-target']);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const answered = publish(await text(request), options, callerOf(request.headers));
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answered);
    return;
  }
  const action = actions[target];
  const input: unknown = JSON.parse(await text(request));
  options.onCall?.({
    caller: callerOf(request.headers),
    action: target.replace(/^.*\./, ''),
    input,
  });
  const { status, body } = action
    ? action(input, options)
    : failure('UnknownOperationException', `This loopback service does not know ${target}.`);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
};

export const startControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      response
        .writeHead(500)
        .end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The loopback service has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
