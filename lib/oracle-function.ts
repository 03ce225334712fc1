import { Annotations, Duration } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { OracleEnvironment } from '../lambda/environment.ts';
import type { CredentialsSecret } from './credentials-secret.ts';
import { HandlerFunction, type HandlerFunctionProps } from './handler-function.ts';
import type { Network } from './settings.ts';

/** Longest that one step may take. One that hits a database which is slow at everything is cut off and tried again. */
const TIMEOUT = Duration.minutes(10);

/** What the Oracle function works with. */
export interface OracleFunctionProps {
  readonly code: Code;
  readonly secret: CredentialsSecret;
  readonly network: Network | undefined;
}

/**
 * Takes the steps that speak to the source database: `{ step, run }` in, the new run out. With credentials, network and
 * driver of its own, so that the functions which speak to arrays have none of them.
 */
export class OracleFunction extends HandlerFunction<OracleEnvironment> {
  constructor(scope: Construct, id: string, { code, secret, network }: OracleFunctionProps) {
    super(scope, id, {
      description: 'Reads facts of an Oracle database, and puts it into backup mode and out of it',
      code,
      handler: 'oracle',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: (role) => {
        if (network) grantNetwork(role);
        return { ...secret.grantRead(role), STEP_SECONDS: String(TIMEOUT.toSeconds()) };
      },
      ...(network && { network: networkOf(scope, network) }),
    });
  }
}

/** What Lambda needs to join a network, as AWS prescribes it; for network interfaces to come there is no narrower resource. */
const grantNetwork = (grantee: IGrantable): void => {
  Grant.addToPrincipal({
    grantee,
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DeleteNetworkInterface',
    ],
    resourceArns: ['*'],
  }).assertSuccess();
};

const networkOf = (
  scope: Construct,
  { vpcId, subnetIds, securityGroupIds }: Network,
): NonNullable<HandlerFunctionProps<OracleEnvironment>['network']> => {
  const vpc = Vpc.fromVpcAttributes(scope, 'OracleVpc', {
    vpcId,
    // Only the ids of the subnets reach the template.
    availabilityZones: subnetIds.map((_, index) => `zone-${index}`),
    privateSubnetIds: subnetIds,
  });
  // Nobody asks for the route tables of the subnets.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return {
    vpc,
    vpcSubnets: { subnets: vpc.privateSubnets },
    securityGroups: securityGroupIds.map((id) =>
      SecurityGroup.fromSecurityGroupId(scope, `Oracle-${id}`, id),
    ),
  };
};
