import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type IDestination,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type DeadLetters, maxEventAge } from './dead-letters.ts';
import { logGroup } from './log-group.ts';
import type { PrivateNetwork } from './private-network.ts';

/** What the functions differ in. */
export interface HandlerFunctionProps<Environment extends Record<string, string>> {
  readonly description: string;
  readonly code: Code;
  /** Name of the handler that the bundle exports. */
  readonly handler: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  /**
   * Grants the function's role what it needs. Each grant returns the environment variables that go with it, so that
   * a permission and the name of what it permits cannot drift, and a forgotten variable does not compile.
   */
  readonly environment: (role: Role) => Environment;
  /** Where an event ends that the function was given asynchronously and could not handle. */
  readonly deadLetters?: DeadLetters;
  /** What Lambda tells that, and why, once it has given up. */
  readonly onFailure?: IDestination;
  /** The network that the function runs in; without it that of Lambda. */
  readonly network?: PrivateNetwork | undefined;
}

/** A Lambda function with a role, and a log group, that hold what it needs and nothing else. */
export class HandlerFunction<Environment extends Record<string, string>> extends LambdaFunction {
  /** Ours, and therefore there. */
  declare readonly role: Role;
  /** Longest that one call may take. */
  readonly longest: Duration;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps<Environment>) {
    // Not the CDK's own role: that one may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logs = logGroup(scope, `${id}Logs`);
    logs.grantWrite(role);
    props.network?.grantJoin(role);
    super(scope, id, {
      description: props.description,
      code: props.code,
      handler: `index.${props.handler}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      role,
      logGroup: logs,
      environment: { ...props.environment(role), NODE_OPTIONS: '--enable-source-maps' },
      ...props.network?.placement,
      ...(props.deadLetters && { deadLetterQueue: props.deadLetters, maxEventAge }),
      ...(props.onFailure && { onFailure: props.onFailure }),
    });
    this.longest = props.timeout;
    props.network?.denyToCode(role, this.functionArn);
  }

  /** Nobody calls a version or an alias, so a grant names the function alone and not `function:*`. */
  override get resourceArnsForGrantInvoke(): string[] {
    return [this.functionArn];
  }
}
