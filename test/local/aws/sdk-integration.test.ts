import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../../local/aws/control-plane.ts';
import { callSystemsManager, sdkAction } from '../../../local/aws/sdk-integration.ts';
import { ManagedHosts } from '../../../local/hosts/managed-hosts.ts';

describe('a task’s resource', () => {
  it.each([
    ['arn:aws:states:::aws-sdk:ssm:sendCommand', 'sendCommand'],
    ['arn:aws:states:::lambda:invoke', undefined],
    ['arn:aws:states:::aws-sdk:s3:getObject', undefined],
    ['wait', undefined],
  ])('%s asks for %s', (resource, action) => {
    expect(sdkAction(resource)).toBe(action);
  });
});

describe('an error of Systems Manager', () => {
  const hosts = new ManagedHosts({ now: () => 0 });
  let control: ControlPlane;
  const start = (managed?: ManagedHosts) =>
    startControlPlane({
      secrets: new Map(),
      startExecution: () => false,
      executionArn: (name) => name,
      executionStatus: () => undefined,
      ...(managed && { hosts: managed }),
    });
  beforeAll(async () => {
    control = await start(hosts);
  });
  afterAll(() => control.stop());

  it.each([
    ['InvocationDoesNotExist', 'Ssm.InvocationDoesNotExistException'],
    ['InvalidInstanceId', 'Ssm.InvalidInstanceIdException'],
    ['ThrottlingException', 'Ssm.SsmException'],
    ['AccessDeniedException', 'Ssm.SsmException'],
  ])('%s is named as Step Functions does: %s', async (type, name) => {
    hosts.addFaults({ action: 'getCommandInvocation', type, message: 'Why.' });

    await expect(callSystemsManager(control.url, 'getCommandInvocation', {})).rejects.toMatchObject(
      {
        name,
        message: 'Why. (Service: Ssm, Status Code: 400, Request ID: loopback)',
      },
    );
  });

  it('for a request that is not valid, or not known, is of no name of its own', async () => {
    for (const action of ['sendCommand', 'deleteDocument']) {
      await expect(callSystemsManager(control.url, action, {})).rejects.toMatchObject({
        name: 'Ssm.SsmException',
      });
    }
  });

  it('is told where no host is managed at all', async () => {
    const without = await start();
    const asked = callSystemsManager(without.url, 'sendCommand', {});

    await expect(asked).rejects.toMatchObject({ name: 'Ssm.InvalidInstanceIdException' });
    await without.stop();
  });
});
