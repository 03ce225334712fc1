import { spawn } from 'node:child_process';

/** A program as a hook starts it. */
export interface Program {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Which end of a long output is kept. */
  readonly keeps: 'beginning' | 'end';
}

export interface ProcessEnd {
  /** Null where it was ended by a signal. */
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly errors: string;
}

export interface RunningProcess {
  readonly end: Promise<ProcessEnd>;
  /** Ends it and all that it has started. */
  kill(): void;
}

/** As much as Systems Manager passes on, in characters. */
const MOST_OUTPUT = 24_000;
const MOST_ERRORS = 8_000;
/** Between being asked to end and being ended. */
const GRACE_MS = 5_000;

/** Runs a program in a process group of its own: a Ctrl-C on the terminal is the run's to handle, not the hook's. */
export const runProcess = ({
  argv,
  environment,
  timeoutSeconds,
  keeps,
}: Program): RunningProcess => {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, name);
  };
  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    timedOut = true;
    signal('SIGTERM');
    grace = setTimeout(() => signal('SIGKILL'), GRACE_MS);
  }, timeoutSeconds * 1_000);
  const output = collect(child.stdout, MOST_OUTPUT, keeps);
  const errors = collect(child.stderr, MOST_ERRORS, keeps);
  const end = new Promise<ProcessEnd>((resolve) => {
    const settle = (code: number | null, problem = '') => {
      clearTimeout(timer);
      clearTimeout(grace);
      resolve({ code, timedOut, output: output(), errors: `${errors()}${problem}` });
    };
    child.on('error', (error) => settle(127, error.message));
    child.on('close', (code) => settle(code));
  });
  return { end, kill: () => signal('SIGKILL') };
};

/** What a stream has said, of which only one end is kept. */
const collect = (
  stream: NodeJS.ReadableStream,
  most: number,
  keeps: Program['keeps'],
): (() => string) => {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (more: string) => {
    text = keeps === 'end' ? (text + more).slice(-most) : (text + more).slice(0, most);
  });
  return () => text;
};
