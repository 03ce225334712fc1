import { styleText } from 'node:util';
import * as z from 'zod';
import { runSchema } from '../../lambda/refresh/run.ts';
import type { FlowEvent } from '../flow.ts';

/** Where progress is shown: standard error, a terminal or not. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const failure = z.object({ errorMessage: z.string() });

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

  /** Follows an execution of the state machine. */
  show(event: FlowEvent): void {
    if (!('state' in event) || event.state.type !== 'Task') return;
    const { name } = event.state;
    if (event.type === 'StateEntered') this.#begin(name);
    else if (event.type === 'StateExited' && !this.#failed) {
      this.#end('green', '✔', `${name}${costOf(event.state.output)}`);
    } else if (event.type === 'StateRetried') {
      this.#begin(`${name} (attempt ${event.retry.attempt + 1})`);
    } else if (event.type === 'StateFailed') {
      this.#failed = true;
      this.#end('red', '✘', `${name}: ${event.Error}${firstLine(event.Cause)}`);
    }
  }

  #begin(text: string): void {
    this.#failed = false;
    this.#screen.write(this.#live ? `${this.#paint('cyan', '▸')} ${text} …` : `${text} …\n`);
  }

  #end(color: 'green' | 'red', mark: string, text: string): void {
    const clear = this.#live ? '\r\u001b[K' : '';
    this.#screen.write(`${clear}${this.#paint(color, mark)} ${text}\n`);
  }

  #paint(color: 'green' | 'red' | 'cyan' | 'yellow', text: string): string {
    return this.#live ? styleText(color, text, { validateStream: false }) : text;
  }
}

const costOf = (output: unknown): string => {
  const step = runSchema.safeParse(output).data?.steps.at(-1);
  return step ? `  ${step.requests} request${step.requests === 1 ? '' : 's'}, ${step.ms} ms` : '';
};

const firstLine = (cause: unknown): string => {
  if (typeof cause !== 'string') return '';
  try {
    return ` – ${failure.parse(JSON.parse(cause)).errorMessage.split('\n')[0]}`;
  } catch {
    return '';
  }
};
