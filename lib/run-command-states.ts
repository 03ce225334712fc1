import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  type IChainable,
  type INextable,
  JsonPath,
  type RetryProps,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { HookCursor } from '../lambda/refresh/run.ts';
import type { Settings } from './settings.ts';

type Rights = Pick<NonNullable<Settings['hooks']>, 'documents' | 'instanceTags'>;

/** A command that was just sent is not known everywhere at once; of the two spellings AWS documents one and sends the other. */
const UNKNOWN_YET: RetryProps = {
  errors: ['Ssm.InvocationDoesNotExistException', 'Ssm.InvocationDoesNotExist'],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxAttempts: 4,
};
/** A look changes nothing, so it may be repeated whatever is in its way. Throttling comes under the first of these names. */
const BUSY: RetryProps = {
  errors: ['Ssm.SsmException', 'Ssm.ThrottlingException', 'States.Timeout', 'States.TaskFailed'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
};

/** The states that speak to Systems Manager Run Command, each of which goes back to whoever judges the answer. */
export class RunCommandStates {
  readonly send: IChainable;
  readonly sendToTags: IChainable;
  /** Looks at what the hook wants to have looked at. */
  readonly look: IChainable;
  readonly #scope: Construct;
  readonly #judge: IChainable;

  constructor(scope: Construct, rights: Rights, judge: IChainable) {
    this.#scope = scope;
    this.#judge = judge;
    this.send = this.#send('Send Command', rights, {
      InstanceIds: JsonPath.listAt('$.hook.request.InstanceIds'),
    });
    this.sendToTags = this.#send('Send Command To Tags', rights, {
      Targets: JsonPath.objectAt('$.hook.request.Targets'),
    });
    const command = { CommandId: JsonPath.stringAt('$.hook.command') };
    const looksAt = (what: HookCursor['looks_at']) =>
      Condition.stringEquals('$.hook.looks_at', what);
    this.look = new Choice(scope, 'Look At What?')
      .when(
        looksAt('instance'),
        this.#look('Look At Instance', 'getCommandInvocation', {
          ...command,
          InstanceId: JsonPath.stringAt('$.hook.instance'),
        }),
      )
      .when(looksAt('command'), this.#look('Look At Command', 'listCommands', command))
      .when(
        looksAt('instances'),
        this.#look('Look For Instances', 'listCommandInvocations', { ...command, MaxResults: 50 }),
      )
      .otherwise(judge);
  }

  /** Sent once: whether one that got no answer has been sent nobody can tell. */
  #send(name: string, rights: Rights, to: Record<string, unknown>): IChainable {
    const task = new CallAwsService(this.#scope, name, {
      service: 'ssm',
      action: 'sendCommand',
      iamAction: 'ssm:SendCommand',
      iamResources: rights.documents.map((document) => documentArn(this.#scope, document)),
      additionalIamStatements: [instances(this.#scope, rights)],
      parameters: {
        DocumentName: JsonPath.stringAt('$.hook.request.DocumentName'),
        ...to,
        Parameters: JsonPath.objectAt('$.hook.request.Parameters'),
        TimeoutSeconds: JsonPath.numberAt('$.hook.request.TimeoutSeconds'),
        Comment: JsonPath.stringAt('$.hook.request.Comment'),
      },
      resultSelector: { Command: { 'CommandId.$': '$.Command.CommandId' } },
      resultPath: '$.hook.answer',
      taskTimeout: Timeout.duration(Duration.seconds(60)),
    });
    return this.#judged(task);
  }

  #look(name: string, action: string, parameters: Record<string, unknown>): IChainable {
    const task = new CallAwsService(this.#scope, name, {
      service: 'ssm',
      action,
      iamAction: `ssm:${action.replace(/^./, (letter) => letter.toUpperCase())}`,
      // AWS knows no narrower resource for it.
      iamResources: ['*'],
      parameters,
      resultPath: '$.hook.answer',
      taskTimeout: Timeout.duration(Duration.seconds(60)),
    });
    task.addRetry(UNKNOWN_YET);
    task.addRetry(BUSY);
    return this.#judged(task);
  }

  #judged(task: CallAwsService & INextable): IChainable {
    task.addCatch(this.#judge, { resultPath: '$.hook.refusal' });
    return task.next(this.#judge);
  }
}

/** Prefixes that AWS keeps for documents of its own, which belong to no account. */
const OF_AWS = /^(aws|amazon|amzn)/i;

const documentArn = (scope: Construct, document: string): string =>
  document.startsWith('arn:')
    ? document
    : Stack.of(scope).formatArn({
        service: 'ssm',
        resource: 'document',
        resourceName: document,
        ...(OF_AWS.test(document) && { account: '' }),
      });

/** Those that bear all the tags, on EC2 or elsewhere. */
const instances = (scope: Construct, { instanceTags }: Rights): PolicyStatement =>
  new PolicyStatement({
    actions: ['ssm:SendCommand'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'ec2',
        resource: 'instance',
        resourceName: '*',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
      Stack.of(scope).formatArn({
        service: 'ssm',
        resource: 'managed-instance',
        resourceName: '*',
      }),
    ],
    conditions: {
      StringEquals: Object.fromEntries(
        Object.entries(instanceTags).map(([key, values]) => [`ssm:resourceTag/${key}`, values]),
      ),
    },
  });
