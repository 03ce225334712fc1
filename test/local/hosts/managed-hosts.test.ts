import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOCAL_DOCUMENT, LOCAL_INSTANCE } from '../../../lambda/refresh/hook-values.ts';
import { commandDocumentSchema } from '../../../local/hosts/command-document.ts';
import {
  type HostEvent,
  ManagedHosts,
  type ManagedHostsOptions,
} from '../../../local/hosts/managed-hosts.ts';

const [FIRST, SECOND, THIRD] = ['i-00000001', 'i-00000002', 'i-00000003'];
const say = commandDocumentSchema.parse({
  schemaVersion: '2.2',
  parameters: { Text: { type: 'String', default: 'done' }, Code: { type: 'String', default: '0' } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      inputs: { runCommand: ['echo "{{ Text }} $WHERE$API_TOKEN"', 'exit {{ Code }}'] },
    },
  ],
});

const setUp = (options: Partial<ManagedHostsOptions> = {}) => {
  const clock = { now: 0 };
  const events: HostEvent[] = [];
  const hosts = new ManagedHosts({
    documents: { say },
    hosts: {
      [FIRST]: { tags: { db: 'dev', site: 'a' }, environment: { WHERE: 'here' } },
      [SECOND]: { tags: { db: 'dev', site: 'b' } },
      [THIRD]: { tags: { db: 'prd' } },
    },
    environment: {
      PATH: process.env['PATH'],
      API_TOKEN: 'canary-91ab',
      API_TOKEN_TGT: 'canary-91ab',
    },
    now: () => clock.now,
    onRun: (event) => events.push(event),
    ...options,
  });
  const send = (more: object = {}) =>
    z.object({ Command: z.object({ CommandId: z.string() }) }).parse(
      hosts.sendCommand({
        DocumentName: 'say',
        InstanceIds: [FIRST],
        TimeoutSeconds: 30,
        ...more,
      }),
    ).Command.CommandId;
  const look = (CommandId: string, InstanceId = FIRST) =>
    hosts.getCommandInvocation({ CommandId, InstanceId });
  return { hosts, clock, events, send, look };
};
const refusing = (type: string) => expect.objectContaining({ type });

describe('a command', () => {
  it('runs a document’s script on its instances, and tells how that ended', async () => {
    const { hosts, send, look, events } = setUp();
    const id = send({ Parameters: { Text: ['hello'], Code: ['3'] } });
    expect(look(id)).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
    expect(hosts.isBusy).toBe(true);
    await hosts.settled();

    expect(look(id)).toMatchObject({
      Status: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: 'hello here\n',
    });
    expect(hosts.isBusy).toBe(false);
    expect(events.map(({ host, status }) => `${host} ${status}`)).toEqual([
      `${FIRST} undefined`,
      `${FIRST} Failed`,
    ]);
  });

  it('may be a process of this machine, with its arguments and variables', async () => {
    const { hosts, send, look } = setUp();
    const id = send({
      DocumentName: LOCAL_DOCUMENT,
      InstanceIds: [LOCAL_INSTANCE],
      Parameters: {
        command: ['/bin/sh', '-c', 'echo "$REFRESH_SNAPSHOT $1"', 'sh', '{{ Text }}'],
        environment: ['REFRESH_SNAPSHOT=a=b'],
        timeoutSeconds: ['60'],
      },
    });
    await hosts.settled();

    expect(look(id, LOCAL_INSTANCE)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'a=b {{ Text }}\n',
    });
  });

  it('goes to all hosts that bear all its tags, and says to how many only when it is over', async () => {
    const { hosts, send } = setUp();
    const Targets = [
      { Key: 'tag:db', Values: ['dev', 'test'] },
      { Key: 'tag:site', Values: ['a', 'b'] },
    ];
    const CommandId = send({ InstanceIds: undefined, Targets });
    expect(hosts.listCommands({ CommandId })).toMatchObject({
      Commands: [{ Status: 'InProgress' }],
    });
    await hosts.settled();

    expect(hosts.listCommands({ CommandId })).toEqual({
      Commands: [{ CommandId, Status: 'Success', TargetCount: 2 }],
    });
    expect(hosts.listCommandInvocations({ CommandId, MaxResults: 50 })).toMatchObject({
      CommandInvocations: [{ InstanceId: FIRST }, { InstanceId: SECOND }],
    });
  });

  it('to tags that nobody bears goes to none', () => {
    const { hosts, send } = setUp();
    const CommandId = send({ InstanceIds: undefined, Targets: [{ Key: 'tag:x', Values: ['y'] }] });

    expect(hosts.listCommands({ CommandId })).toMatchObject({
      Commands: [{ Status: 'Success', TargetCount: 0 }],
    });
  });
});

describe('a host', () => {
  it('that is offline gets what was sent to it in time, or never', () => {
    const { hosts, clock, send, look, events } = setUp();
    hosts.change(FIRST, { state: 'offline' });
    const id = send();
    clock.now = 29_999;
    expect(look(id)).toMatchObject({ Status: 'Pending' });
    clock.now = 30_000;

    expect(look(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    expect(events).toEqual([]);
  });

  it('that hangs begins, and never ends; nobody waits for it', async () => {
    const { hosts, send, look, events } = setUp();
    hosts.change(FIRST, { state: 'hanging' });
    const id = send();
    await hosts.settled();

    expect(look(id)).toMatchObject({ Status: 'InProgress' });
    expect(events).toHaveLength(1);
  });

  it('is as it was at first after a reset, and knows no command', () => {
    const { hosts, send, look } = setUp();
    hosts.change(FIRST, { state: 'hanging' });
    const id = send();
    hosts.reset();

    expect(() => look(id)).toThrow(refusing('InvalidCommandId'));
  });
});

describe('a request is refused', () => {
  it.each([
    [{ InstanceIds: ['i-0000ffff'] }, 'InvalidInstanceId'],
    [{ DocumentName: 'other' }, 'InvalidDocument'],
    [{ Parameters: { Action: ['x'] } }, 'InvalidParameters'],
    // No host of another document is the machine of the command line.
    [{ InstanceIds: [LOCAL_INSTANCE] }, 'InvalidInstanceId'],
  ])('for %j: %s', (more, type) => {
    const { send, events } = setUp();

    expect(() => send(more)).toThrow(refusing(type));
    expect(events).toEqual([]);
  });

  it('that AWS would not take', () => {
    const { send } = setUp();

    expect(() => send({ TimeoutSeconds: 29 })).toThrow();
    expect(() => send({ Comment: 'x'.repeat(101) })).toThrow();
  });

  it('once for each fault, whatever else is asked for', async () => {
    const { hosts, send, look } = setUp();
    const fault = {
      action: 'getCommandInvocation',
      type: 'ThrottlingException',
      message: '',
    } as const;
    const id = send();
    hosts.addFaults(fault, fault);

    expect(() => look(id)).toThrow(refusing('ThrottlingException'));
    expect(() => look(id)).toThrow(refusing('ThrottlingException'));
    await hosts.settled();
    expect(look(id)).toMatchObject({ Status: 'Success' });
  });

  it('for an instance that a command did not go to', async () => {
    const { hosts, send, look } = setUp();
    const id = send();

    expect(() => look(id, SECOND)).toThrow(refusing('InvocationDoesNotExist'));
    await hosts.settled();
  });
});

it('what waits for a hook goes on when that has ended', async () => {
  const { hosts, send, look } = setUp();
  const id = send();
  await hosts.wait(86_400);

  expect(look(id)).toMatchObject({ Status: 'Success' });
});

it('a script that is at work when all is stopped is ended', async () => {
  const { hosts, send, look } = setUp();
  const id = send({
    DocumentName: LOCAL_DOCUMENT,
    InstanceIds: [LOCAL_INSTANCE],
    Parameters: { command: ['sleep', '60'], timeoutSeconds: ['60'] },
  });
  await hosts.stop();

  expect(look(id, LOCAL_INSTANCE)).toMatchObject({ Status: 'Failed', ResponseCode: 137 });
});
