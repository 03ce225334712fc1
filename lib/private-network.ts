import { Annotations } from 'aws-cdk-lib';
import { CfnSecurityGroup, type ISecurityGroup, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Effect,
  Grant,
  type IGrantable,
  Policy,
  PolicyStatement,
  type Role,
} from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Where a function may connect to: addresses, blocks of them, security groups or prefix lists, on one TCP port. */
export interface Destination {
  readonly name: string;
  readonly peers: readonly string[];
  readonly port: number;
}

export interface PrivateNetworkProps {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly destinations: readonly Destination[];
}

/** As AWS prescribes them for a function in a VPC. */
const INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Subnets that are there already, for one function in them, and a security group that lets it connect to its
 * destinations and to nothing else. Nothing can connect to the function.
 */
export class PrivateNetwork extends Construct {
  /** Where the function is placed. */
  readonly placement: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    const { vpcId, subnetIds, destinations } = props;
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      // Only the ids of the subnets reach the template.
      availabilityZones: subnetIds.map((_, index) => `zone-${index}`),
      privateSubnetIds: [...subnetIds],
    });
    // Nobody asks for the route tables of the subnets.
    Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    // All rules inline: the CDK makes resources of their own of those to prefix lists, and EC2 gives a group that is made
    // without a rule one that lets everything out.
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId,
      groupDescription: `What ${scope.node.path} ${id} may connect to`,
      securityGroupEgress: destinations.flatMap(({ name, peers, port }) =>
        peers.map((peer) => ({
          ...peerOf(peer),
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: name,
        })),
      ),
    });
    this.securityGroup = SecurityGroup.fromSecurityGroupId(this, 'Group', group.attrGroupId, {
      mutable: false,
    });
    this.placement = {
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets },
      securityGroups: [this.securityGroup],
    };
  }

  /** What Lambda needs to join the network; for network interfaces to come there is no narrower resource. */
  grantJoin(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: INTERFACE_ACTIONS,
      resourceArns: ['*'],
    }).assertSuccess();
  }

  /**
   * Takes that from the function's own code again, with which Lambda shares the role. In a policy of its own: it names
   * the function, which waits for the role's first one.
   */
  denyToCode(role: Role, functionArn: string): void {
    new Policy(this, 'DenyToCode', {
      roles: [role],
      statements: [
        new PolicyStatement({
          effect: Effect.DENY,
          actions: INTERFACE_ACTIONS,
          resources: ['*'],
          conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
        }),
      ],
    });
  }
}

const peerOf = (
  peer: string,
): Pick<
  CfnSecurityGroup.EgressProperty,
  'cidrIp' | 'destinationSecurityGroupId' | 'destinationPrefixListId'
> => {
  if (peer.startsWith('sg-')) return { destinationSecurityGroupId: peer };
  if (peer.startsWith('pl-')) return { destinationPrefixListId: peer };
  return { cidrIp: peer.includes('/') ? peer : `${peer}/32` };
};
