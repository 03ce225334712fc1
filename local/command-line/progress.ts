import { styleText } from 'node:util';
import * as z from 'zod';
import { formatPercent, type Replication } from '../../lambda/refresh/replication.ts';
import { runSchema } from '../../lambda/refresh/run.ts';
import { formatSize } from '../../lambda/refresh/volumes.ts';
import type { FlowEvent } from '../flow.ts';

/** Where progress is shown: standard error, a terminal or not. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const failure = z.object({ errorMessage: z.string() });

const REPLICATING = 'Check Replication';
const FOLLOWING = 'Follow Hooks';
/** What a person sees as one hook. */
const HOOKING: readonly string[] = [
  FOLLOWING,
  'Send Command',
  'Send Command To Tags',
  'Call Function',
  'Look At Instance',
  'Look At Command',
  'Look For Instances',
];
const CLEAR = '\r\u001b[K';

/** Shows each state as it is entered: live on a terminal, a plain line each otherwise. */
export class Progress {
  readonly #screen: Screen;
  readonly #live: boolean;
  /** A state that failed is left as well, for its catcher. */
  #failed = false;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#live = screen.isTTY === true;
  }

  say(text: string): void {
    this.#screen.write(`${text}\n`);
  }

  warn(text: string): void {
    this.#screen.write(`${this.#paint('yellow', '!')} ${text}\n`);
  }

  /** Says what nobody must overlook. */
  alarm(text: string): void {
    this.#screen.write(`\n${this.#paint('red', text)}\n`);
  }

  /** Follows an execution of the state machine. */
  show(event: FlowEvent): void {
    if (!('state' in event) || event.state.type !== 'Task') return;
    const { name } = event.state;
    if (name.startsWith('Wait ')) return;
    if (name === REPLICATING && this.#replicates(event)) return;
    if (HOOKING.includes(name)) this.#follows(event);
    else if (event.type === 'StateEntered') this.#begin(name);
    else if (event.type === 'StateExited' && !this.#failed) {
      this.#end('green', '✔', `${name}${costOf(event.state.output)}`);
    } else if (event.type === 'StateRetried') {
      this.#begin(`${name} (attempt ${event.retry.attempt + 1})`);
    } else if (event.type === 'StateFailed') {
      this.#failed = true;
      this.#end('red', '✘', `${name}: ${event.Error}${firstLine(event.Cause)}`);
    }
  }

  /** A hook is begun and ended by two visits to the same state, with looks between them. */
  #follows(event: FlowEvent): void {
    if (event.type !== 'StateExited' || event.state.name !== FOLLOWING) return;
    const hook = runSchema.safeParse(event.state.output).data?.hook;
    if (!hook) return;
    const { last, active, point, name, waited_seconds } = hook;
    if (last) {
      const isGood = last.status === 'SUCCEEDED';
      const how = isGood ? '' : `: ${last.status}`;
      this.#end(
        isGood ? 'green' : 'red',
        isGood ? '✔' : '✘',
        `Hook ${last.point}: ${last.name}${how}`,
      );
    }
    if (active && waited_seconds === 0) this.#begin(`Hook ${point}: ${name}`);
  }

  /** One line that grows on a terminal, and one a look otherwise. @returns whether that was all to say */
  #replicates(event: FlowEvent): boolean {
    if (event.type === 'StateEntered') return true;
    if (event.type !== 'StateExited' || this.#failed) return false;
    const replication = runSchema.safeParse(event.state.output).data?.replication;
    if (!replication) return false;
    const text = describeReplication(replication);
    if (replication.done) this.#end('green', '✔', text);
    else if (this.#live) this.#screen.write(`${CLEAR}${this.#paint('cyan', '▸')} ${text}`);
    else this.#screen.write(`${text}\n`);
    return true;
  }

  #begin(text: string): void {
    this.#failed = false;
    this.#screen.write(this.#live ? `${this.#paint('cyan', '▸')} ${text} …` : `${text} …\n`);
  }

  #end(color: 'green' | 'red', mark: string, text: string): void {
    this.#screen.write(`${this.#live ? CLEAR : ''}${this.#paint(color, mark)} ${text}\n`);
  }

  #paint(color: 'green' | 'red' | 'cyan' | 'yellow', text: string): string {
    return this.#live ? styleText(color, text, { validateStream: false }) : text;
  }
}

const BAR = 24;

/** `Replication ██████░░░ 45.6 %  54.7 GiB, 1.2 GiB/s, about 2 min left`. */
const describeReplication = (replication: Replication): string => {
  const { seen, progress, bytes, bytes_per_second, remaining_seconds, done } = replication;
  if (!seen) return 'Replication: the target array does not know the snapshot yet';
  const full = Math.min(BAR, Math.floor(progress * BAR));
  const facts = [
    formatSize(bytes),
    ...(bytes_per_second === null ? [] : [`${formatSize(bytes_per_second)}/s`]),
    ...(done || remaining_seconds === null ? [] : [`about ${formatTime(remaining_seconds)} left`]),
  ];
  return `Replication ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${formatPercent(replication)}  ${facts.join(', ')}`;
};

const formatTime = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5_400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3_600).toFixed(1)} h`;

const costOf = (output: unknown): string => {
  const step = runSchema.safeParse(output).data?.steps.at(-1);
  if (!step) return '';
  const requests = step.requests === 1 ? '1 request, ' : `${step.requests} requests, `;
  // A step that has nothing to do with an array.
  return `  ${step.requests === 0 ? '' : requests}${step.ms} ms`;
};

const firstLine = (cause: unknown): string => {
  if (typeof cause !== 'string') return '';
  try {
    return ` – ${failure.parse(JSON.parse(cause)).errorMessage.split('\n')[0]}`;
  } catch {
    return '';
  }
};
