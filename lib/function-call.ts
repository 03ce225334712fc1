import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  FieldUtils,
  JsonPath,
  type TaskMetricsConfig,
  TaskStateBase,
  type TaskStateBaseProps,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface FunctionCallProps extends TaskStateBaseProps {
  /** Path to the ARN of the function that is called. */
  readonly functionPath: string;
  /** Path to what it is called with. */
  readonly payloadPath: string;
  /** ARNs of those that may be called. */
  readonly functions: readonly string[];
}

/** Calls a function of which only the run knows which it is. The CDK's own task calls one that is known at synth. */
export class FunctionCall extends TaskStateBase {
  protected override readonly taskMetrics: TaskMetricsConfig = {};
  protected override readonly taskPolicies: PolicyStatement[];
  readonly #props: FunctionCallProps;

  constructor(scope: Construct, id: string, props: FunctionCallProps) {
    super(scope, id, props);
    this.#props = props;
    this.taskPolicies = [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [...props.functions],
      }),
    ];
  }

  /** @internal */
  protected override _renderTask(): object {
    const { functionPath, payloadPath } = this.#props;
    return {
      Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
      Parameters: FieldUtils.renderObject({
        FunctionName: JsonPath.stringAt(functionPath),
        Payload: JsonPath.objectAt(payloadPath),
      }),
    };
  }
}
