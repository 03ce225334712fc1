import { Annotations } from 'aws-cdk-lib';
import {
  type IPeer,
  type ISecurityGroup,
  Peer,
  Port,
  SecurityGroup,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
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
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `What ${scope.node.path} ${id} may connect to`,
      allowAllOutbound: false,
    });
    for (const { name, peers, port } of destinations) {
      for (const peer of peers) group.addEgressRule(peerOf(peer), Port.tcp(port), name);
    }
    this.securityGroup = group;
    this.placement = {
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets },
      securityGroups: [group],
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

const peerOf = (peer: string): IPeer => {
  if (peer.startsWith('sg-')) return Peer.securityGroupId(peer);
  if (peer.startsWith('pl-')) return Peer.prefixList(peer);
  return Peer.ipv4(peer.includes('/') ? peer : `${peer}/32`);
};
