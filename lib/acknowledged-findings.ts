import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of the security rules that we know of and accept; `docs/security-findings.md` lists the same. */
export interface AcknowledgedFinding {
  /** Id of the rule, with the finding in brackets where one rule has many. */
  readonly id: string;
  /** Path of the construct in the stack. */
  readonly construct: string;
  readonly reason: string;
}

const objects = (folder: string) =>
  `AwsSolutions::AwsSolutions-IAM5[Resource::<RefreshesBucketADA927AA.Arn>/${folder}/*]`;

/** All of them. A new one needs a reason that a reviewer can check. */
export const acknowledgedFindings: readonly AcknowledgedFinding[] = [
  {
    id: 'AwsSolutions::AwsSolutions-SMG4',
    construct: 'ArraySecret',
    reason:
      'The secret holds API tokens of FlashArray users. Only the array can issue one, so Secrets Manager has nothing to rotate with.',
  },
  {
    id: objects('refreshes'),
    construct: 'StartRole',
    reason:
      'Reads definitions, whose names are not known when the stack is made; one folder of one bucket, s3:GetObject alone.',
  },
  {
    id: objects('refreshes'),
    construct: 'StepRole',
    reason:
      'Reads definitions, whose names are not known when the stack is made; one folder of one bucket, s3:GetObject alone.',
  },
  {
    id: objects('runs'),
    construct: 'StepRole',
    reason:
      'Keeps the plan of each run under the run id, which is not known when the stack is made; s3:GetObject and s3:PutObject alone.',
  },
  {
    id: objects('manifests'),
    construct: 'StepRole',
    reason:
      'Keeps the record of each run under the run id, which is not known when the stack is made; s3:GetObject and s3:PutObject alone.',
  },
  {
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    construct: 'Flow/StateMachine/Role',
    reason:
      'X-Ray segments and CloudWatch log deliveries have no ARN to name: AWS defines no resource type for these actions.',
  },
];

/** Tells the rules that each of the findings is known. */
export function acknowledgeFindings(stack: Stack): void {
  for (const { id, construct, reason } of acknowledgedFindings) {
    const scope = construct
      .split('/')
      .reduce<IConstruct>((parent, child) => parent.node.findChild(child), stack);
    Validations.of(scope).acknowledge({ id, reason });
  }
}
