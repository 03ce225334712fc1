import * as z from 'zod';
import { TaskError } from './interpreter.ts';

/** What the hooks of the walk do: to the source, to the database on the target, to who waits for it, or nothing. */
export const scripts = [
  'quiesce',
  'resume',
  'unlisten',
  'stop',
  'restart',
  'relisten',
  'find',
  'open',
  'listen',
  'tell',
] as const;
export type Script = (typeof scripts)[number];

/** A call of a script that its host has, or had. */
export interface Work {
  readonly id: string;
  readonly script: Script;
  readonly hosts: readonly string[];
  readonly begun: number;
  /** When it ends; never where that is infinite. */
  readonly due: number;
  readonly outcome: Outcome;
  /** Whether its end has come. */
  readonly isOver: boolean;
}

/** How a script ends: it has done what it should and says so; it has, and says that it failed; it has not, and says so, or lies. */
export type Outcome = 'good' | 'done, and failed' | 'failed' | 'a lie' | 'never delivered';

/** Source and database on the target as hooks have left them. */
export interface HostsState {
  readonly works: readonly Work[];
  readonly isQuiesced: boolean;
  readonly isOpen: boolean;
  readonly isListening: boolean;
}

/** What befalls calls of one kind: of a function, or of an action of Run Command. */
export interface HostFault {
  readonly kind: 'send' | 'look' | 'call';
  /** How many of them; 0: all. */
  readonly times: number;
  /** Whether it is carried out. */
  readonly acts: boolean;
  /** What the state hears instead of the answer: an error, or nothing, since the execution is aborted. */
  readonly hears?: 'abort' | { readonly error: string; readonly message: string };
  /** How the script ends that is begun. */
  readonly outcome?: Outcome;
  /** How long that takes. */
  readonly seconds?: number;
}

/** What an answer is where the execution is over. */
export const ABORTED = Symbol('aborted');

/** How long scripts take where nothing goes wrong, in seconds. */
const SECONDS: Readonly<Partial<Record<Script, number>>> = {
  quiesce: 3,
  stop: 3,
  restart: 1,
  open: 1,
};
/** An instance that does not answer is given up by Systems Manager. */
const DELIVERY_SECONDS = 120;

/** What a script does when it begins, and what when it ends: stopping takes its time, and what starts is in use at once. */
const begins: Readonly<Partial<Record<Script, Partial<HostsState>>>> = {
  resume: { isQuiesced: false },
  restart: { isOpen: true },
  open: { isOpen: true },
  relisten: { isListening: true },
  listen: { isListening: true },
};
const ends: Readonly<Partial<Record<Script, Partial<HostsState>>>> = {
  quiesce: { isQuiesced: true },
  stop: { isOpen: false },
  unlisten: { isListening: false },
};

export interface WalkHostsOptions {
  readonly now: () => number;
  /** Called when a script begins, before it has done anything, and when its end has come. */
  readonly onScript: (script: Script, when: 'begins' | 'ends') => void;
  /** Lets the time pass for which a state waits for a function. */
  readonly pass: (seconds: number) => void;
}

const sendInput = z.object({
  InstanceIds: z.array(z.string()).optional(),
  Parameters: z.object({ Action: z.tuple([z.enum(scripts)]) }),
});
const lookInput = z.object({ CommandId: z.string(), InstanceId: z.string().optional() });
const callInput = z.object({ FunctionName: z.string() });

/** The hosts of a ground, with Run Command and the functions by which hooks reach them: in memory, and by the walk's time. */
export class WalkHosts {
  readonly #options: WalkHostsOptions;
  #state: HostsState = BEGIN;
  #faults: { readonly fault: HostFault; left: number }[] = [];
  /** Whether a fault has come. */
  hasStruck = false;

  constructor(options: WalkHostsOptions) {
    this.#options = options;
  }

  /** As it is at this moment. */
  get state(): HostsState {
    this.settle();
    return this.#state;
  }

  get isBusy(): boolean {
    return this.state.works.some(({ isOver, due }) => !isOver && due < Number.POSITIVE_INFINITY);
  }

  now(): number {
    return this.#options.now();
  }

  restore(state: HostsState): void {
    this.#state = state;
  }

  /** A person does by hand what hooks have not done. */
  change(change: Partial<Omit<HostsState, 'works'>>): void {
    this.#state = { ...this.state, ...change };
  }

  addFault(fault: HostFault): void {
    this.#faults.push({ fault, left: fault.times === 0 ? Number.POSITIVE_INFINITY : fault.times });
  }

  clearFaults(): void {
    this.#faults = [];
    this.hasStruck = false;
  }

  /** Lets all scripts end whose time has come, one after the other. */
  settle(): void {
    const now = this.#options.now();
    const due = this.#state.works
      .filter((work) => !work.isOver && work.due <= now)
      .toSorted((one, other) => one.due - other.due);
    if (due.length === 0) return;
    const ended = new Set(due.map(({ id }) => id));
    const works = this.#state.works.map((work) =>
      ended.has(work.id) ? { ...work, isOver: true } : work,
    );
    // First of all they are over: whoever hears of the end of one may look at all.
    this.#state = { ...this.#state, works };
    for (const { script, outcome } of due) {
      this.#options.onScript(script, 'ends');
      this.#state = { ...this.#state, ...(isDone(outcome) && ends[script]) };
    }
  }

  /** Does what a state asks of Run Command. @throws TaskError */
  serve(action: string, input: unknown): unknown {
    const kind = action === 'sendCommand' ? 'send' : 'look';
    return this.#under(kind, (fault) => {
      if (kind === 'look') return this.#look(action, lookInput.parse(input));
      const { InstanceIds, Parameters } = sendInput.parse(input);
      const hosts = InstanceIds ?? TAGGED;
      const { id: CommandId } = this.#begin(Parameters.Action[0], hosts, fault);
      return { Command: { CommandId } };
    });
  }

  /** Calls the function of a script. @throws TaskError */
  call(input: unknown, timeoutSeconds: number): unknown {
    const { FunctionName } = callInput.parse(input);
    const script = z.enum(scripts).parse(FunctionName.split(':').at(-1));
    return this.#under('call', (fault) => {
      const { due, outcome } = this.#begin(script, ['function'], fault);
      if (fault?.hears) return undefined;
      const seconds = (due - this.#options.now()) / 1_000;
      this.#options.pass(Math.min(seconds, timeoutSeconds));
      this.settle();
      if (seconds > timeoutSeconds) throw new TaskError('States.Timeout', '');
      if (outcome === 'good' || outcome === 'a lie') return { Payload: { script } };
      throw new TaskError('Error', '{"errorType":"Error","errorMessage":"It cannot."}');
    });
  }

  /** Does something as far as a fault lets it. */
  #under(kind: HostFault['kind'], act: (fault: HostFault | undefined) => unknown): unknown {
    this.settle();
    const found = this.#faults.find(({ fault, left }) => fault.kind === kind && left > 0);
    if (!found) return act(undefined);
    found.left -= 1;
    this.hasStruck = true;
    const { fault } = found;
    const answer = fault.acts ? act(fault) : undefined;
    if (fault.hears === 'abort') return ABORTED;
    if (fault.hears) throw new TaskError(fault.hears.error, fault.hears.message);
    return answer;
  }

  #begin(script: Script, hosts: readonly string[], fault: HostFault | undefined): Work {
    const { outcome = 'good', seconds = SECONDS[script] ?? 0 } = fault ?? {};
    const { works } = this.#state;
    const lasts = outcome === 'never delivered' ? DELIVERY_SECONDS : seconds;
    const begun = this.#options.now();
    const due = begun + lasts * 1_000;
    const id = `command-${works.length + 1}`;
    const work: Work = { id, script, hosts, begun, due, outcome, isOver: false };
    if (outcome !== 'never delivered') this.#options.onScript(script, 'begins');
    this.#state = {
      ...this.#state,
      ...(isDone(outcome) && begins[script]),
      works: [...works, work],
    };
    return work;
  }

  #look(action: string, { CommandId, InstanceId }: z.output<typeof lookInput>): unknown {
    const work = this.#state.works.find(({ id }) => id === CommandId);
    if (!work) throw new Error(`There is no command ${CommandId}.`);
    const { hosts, isOver, outcome } = work;
    const [Status, StatusDetails] = isOver ? STATUSES[outcome] : ['InProgress', 'InProgress'];
    const ResponseCode =
      isOver && outcome !== 'never delivered' ? (Status === 'Success' ? 0 : 1) : -1;
    if (action === 'listCommands') return { Commands: [{ Status, TargetCount: hosts.length }] };
    if (action === 'listCommandInvocations') {
      return { CommandInvocations: hosts.map((host) => ({ InstanceId: host })) };
    }
    return { InstanceId, Status, StatusDetails, ResponseCode };
  }
}

const BEGIN: HostsState = { works: [], isQuiesced: false, isOpen: true, isListening: true };
/** The instances that bear any tags. */
const TAGGED = ['i-00000000000000001', 'i-00000000000000002'];

const isDone = (outcome: Outcome): boolean => outcome === 'good' || outcome === 'done, and failed';

const STATUSES: Readonly<Record<Outcome, readonly [string, string]>> = {
  good: ['Success', 'Success'],
  'a lie': ['Success', 'Success'],
  'done, and failed': ['Failed', 'Failed'],
  failed: ['Failed', 'Failed'],
  'never delivered': ['TimedOut', 'DeliveryTimedOut'],
};
