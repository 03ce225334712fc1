import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { LOCAL_DOCUMENT, LOCAL_INSTANCE } from '../../lambda/refresh/hook-values.ts';
import { type CommandDocument, RunCommandError, scriptOf } from './command-document.ts';
import { type Program, type RunningProcess, runProcess } from './run-process.ts';

/** A host that Systems Manager knows. */
export interface ManagedHost {
  readonly tags?: Readonly<Record<string, string>>;
  /** `offline` – its agent does not answer; `hanging` – what it runs never ends. */
  readonly state?: 'online' | 'offline' | 'hanging';
  /** Variables of the scripts that it runs. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ManagedHostsOptions {
  readonly documents?: Readonly<Record<string, CommandDocument>>;
  readonly hosts?: Readonly<Record<string, ManagedHost>>;
  /** In which every script runs; ours, if none is given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since epoch. */
  readonly now: () => number;
  /** Called when a host begins and ends a script. */
  readonly onRun?: (event: HostEvent) => void;
}

/** A host begins or ends what was sent to it. */
export interface HostEvent {
  readonly host: string;
  readonly request: SentCommand;
  /** How it ended; undefined when it begins. */
  readonly status?: string;
}

const sendSchema = z.object({
  DocumentName: z.string(),
  InstanceIds: z.array(z.string()).optional(),
  Targets: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).optional(),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  TimeoutSeconds: z.number().int().min(30),
  Comment: z.string().max(100).optional(),
});
export type SentCommand = z.output<typeof sendSchema>;

interface Invocation {
  Status: string;
  StatusDetails: string;
  ResponseCode: number;
  StandardOutputContent: string;
  StandardErrorContent: string;
  /** When it counts as not delivered; undefined once it is. */
  deliverBy?: number;
}

type Command = ReadonlyMap<string, Invocation>;

const PENDING: Invocation = {
  Status: 'Pending',
  StatusDetails: 'Pending',
  ResponseCode: -1,
  StandardOutputContent: '',
  StandardErrorContent: '',
};

/** A request that is refused, whatever it asks for: as AWS does when it is busy, or does not know a command yet. */
export interface HostFault {
  readonly action: keyof ManagedHosts;
  readonly type: string;
  readonly message: string;
}

/** Systems Manager Run Command and the hosts that it reaches: scripts run in a shell of this machine. */
export class ManagedHosts {
  readonly #options: ManagedHostsOptions;
  readonly #commands = new Map<string, Command>();
  /** Each with the moment at which its invocation says how it ended. */
  readonly #running = new Map<RunningProcess, Promise<void>>();
  /** Invocations that have ended since somebody looked at them. */
  readonly #unseen = new Set<Invocation>();
  readonly #faults: HostFault[] = [];
  #hosts: ReadonlyMap<string, ManagedHost>;

  constructor(options: ManagedHostsOptions) {
    this.#options = options;
    this.#hosts = new Map(Object.entries(options.hosts ?? {}));
  }

  /** Puts a host into another state. */
  change(id: string, change: Partial<ManagedHost>): void {
    this.#hosts = new Map([...this.#hosts, [id, { ...this.#hosts.get(id), ...change }]]);
  }

  /** Each refuses the next request of its action. */
  addFaults(...faults: readonly HostFault[]): void {
    this.#faults.push(...faults);
  }

  /** Back to the beginning; nothing may be running. */
  reset(): void {
    this.#hosts = new Map(Object.entries(this.#options.hosts ?? {}));
    this.#commands.clear();
    this.#unseen.clear();
    this.#faults.length = 0;
  }

  /** Whether a script is at work on this machine. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when no host runs anything any more. One that hangs is not waited for. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Waits so many seconds, or until the scripts that are at work have ended; not at all where one has that nobody has looked at. */
  async wait(seconds: number): Promise<void> {
    if (!this.isBusy && this.#unseen.size > 0) return;
    const timer = new AbortController();
    const time = setTimeout(seconds * 1_000, undefined, { signal: timer.signal });
    await Promise.race([time.catch(() => {}), ...(this.isBusy ? [this.settled()] : [])]);
    timer.abort();
  }

  async stop(): Promise<void> {
    for (const process of this.#running.keys()) process.kill();
    await this.settled();
  }

  /** @throws RunCommandError */
  sendCommand(input: unknown): unknown {
    this.#refuse('sendCommand');
    const request = sendSchema.parse(input);
    const ids = request.InstanceIds ?? this.#tagged(request.Targets ?? []);
    const isLocal = request.DocumentName === LOCAL_DOCUMENT;
    const unknown = ids.filter((id) => !this.#hosts.has(id) && !(isLocal && id === LOCAL_INSTANCE));
    if (unknown.length > 0) {
      throw new RunCommandError('InvalidInstanceId', `Instances not in a valid state: ${unknown}`);
    }
    const program = isLocal ? localProgram(request) : this.#scripted(request);
    const command = new Map(ids.map((id) => [id, this.#begin(id, request, program)]));
    const CommandId = randomUUID();
    this.#commands.set(CommandId, command);
    return {
      Command: { CommandId, Status: 'Pending', TargetCount: request.Targets ? 0 : ids.length },
    };
  }

  /** @throws RunCommandError */
  getCommandInvocation(input: unknown): unknown {
    this.#refuse('getCommandInvocation');
    const { CommandId, InstanceId } = z
      .object({ CommandId: z.string(), InstanceId: z.string() })
      .parse(input);
    const invocation = this.#command(CommandId).get(InstanceId);
    if (!invocation) throw new RunCommandError('InvocationDoesNotExist', 'unknown invocation');
    this.#unseen.delete(invocation);
    return { CommandId, InstanceId, ...this.#seen(invocation) };
  }

  /** @throws RunCommandError */
  listCommands(input: unknown): unknown {
    this.#refuse('listCommands');
    const { CommandId } = z.object({ CommandId: z.string() }).parse(input);
    const statuses = [...this.#command(CommandId).values()].map((one) => this.#seen(one).Status);
    const isOver = statuses.every((status) => ['Success', 'Failed', 'TimedOut'].includes(status));
    const Status = !isOver
      ? 'InProgress'
      : statuses.every((status) => status === 'Success')
        ? 'Success'
        : 'Failed';
    return { Commands: [{ CommandId, Status, TargetCount: statuses.length }] };
  }

  /** @throws RunCommandError */
  listCommandInvocations(input: unknown): unknown {
    this.#refuse('listCommandInvocations');
    const { CommandId, MaxResults } = z
      .object({ CommandId: z.string(), MaxResults: z.number().max(50) })
      .parse(input);
    const all = [...this.#command(CommandId)].map(([InstanceId, invocation]) => ({
      CommandId,
      InstanceId,
      Status: this.#seen(invocation).Status,
    }));
    return { CommandInvocations: all.slice(0, MaxResults) };
  }

  #refuse(action: HostFault['action']): void {
    const at = this.#faults.findIndex((fault) => fault.action === action);
    const [fault] = at < 0 ? [] : this.#faults.splice(at, 1);
    if (fault) throw new RunCommandError(fault.type, fault.message);
  }

  #command(id: string): Command {
    const command = this.#commands.get(id);
    if (command) return command;
    throw new RunCommandError('InvalidCommandId', `unknown command ${id}`);
  }

  /** As it is at this moment. */
  #seen({ deliverBy, ...invocation }: Invocation): Omit<Invocation, 'deliverBy'> {
    const isLate = deliverBy !== undefined && this.#options.now() >= deliverBy;
    return isLate
      ? { ...invocation, Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' }
      : invocation;
  }

  #tagged(targets: NonNullable<SentCommand['Targets']>): string[] {
    const bears = (tags: ManagedHost['tags'] = {}) =>
      targets.every(({ Key, Values }) => Values.includes(tags[Key.slice('tag:'.length)] ?? ''));
    return [...this.#hosts].filter(([, { tags }]) => bears(tags)).map(([id]) => id);
  }

  #scripted({ DocumentName, Parameters }: SentCommand): Omit<Program, 'environment'> {
    const document = this.#options.documents?.[DocumentName];
    if (!document) throw new RunCommandError('InvalidDocument', `unknown document ${DocumentName}`);
    const { text, timeoutSeconds } = scriptOf(document, Parameters);
    const interpreter = /^#!\s*(?:\/usr\/bin\/env\s+)?(\S+)/.exec(text)?.[1] ?? '/bin/sh';
    return { argv: [interpreter, '-c', text], timeoutSeconds, keeps: 'beginning' };
  }

  #begin(id: string, request: SentCommand, program: Omit<Program, 'environment'>): Invocation {
    const { state = 'online', environment } = this.#hosts.get(id) ?? {};
    const { now, onRun, environment: common = process.env } = this.#options;
    if (state === 'offline')
      return { ...PENDING, deliverBy: now() + request.TimeoutSeconds * 1_000 };
    const invocation = { ...PENDING, Status: 'InProgress', StatusDetails: 'InProgress' };
    onRun?.({ host: id, request });
    if (state === 'hanging') return invocation;
    const given = Object.fromEntries(
      (request.Parameters['environment'] ?? []).map((line) => line.split(/=(.*)/s, 2)),
    );
    const running = runProcess({
      ...program,
      environment: {
        ...withoutTokens(common),
        ...environment,
        ...(id === LOCAL_INSTANCE && given),
      },
    });
    const over = running.end.then(({ code, timedOut, output, errors }) => {
      this.#running.delete(running);
      this.#unseen.add(invocation);
      const isGood = code === 0 && !timedOut;
      Object.assign(invocation, {
        Status: isGood ? 'Success' : timedOut ? 'TimedOut' : 'Failed',
        StatusDetails: isGood ? 'Success' : timedOut ? 'ExecutionTimedOut' : 'Failed',
        ResponseCode: code ?? 137,
        StandardOutputContent: output,
        StandardErrorContent: errors,
      });
      onRun?.({ host: id, request, status: invocation.Status });
    });
    this.#running.set(running, over);
    return invocation;
  }
}

/** Without what the command line may have been given: no hook gets a secret. */
const withoutTokens = ({
  API_TOKEN: _,
  API_TOKEN_TGT: __,
  ...environment
}: NonNullable<ManagedHostsOptions['environment']>) => environment;

/** A hook of the command line: its own program, not a document. */
const localProgram = ({ Parameters }: SentCommand): Omit<Program, 'environment'> => ({
  argv: Parameters['command'] ?? [],
  timeoutSeconds: Number(Parameters['timeoutSeconds']?.[0]),
  keeps: 'end',
});
