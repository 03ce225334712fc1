import * as z from 'zod';
import { RefreshError } from '../../lambda/refresh/errors.ts';
import { backupAlarm, type OpenBackup, openBackup } from './backup-alarm.ts';
import { EXIT } from './exit-codes.ts';

const OVERWRITING = 'Overwrite Volumes';
/** Not left once it has taken over. */
const RECOVERING = 'Recover Target';
/** States from which on the target may be mixed. */
export const WRITING: readonly string[] = [OVERWRITING, RECOVERING];
/** From these on it is whole again. */
const WHOLE: readonly string[] = [
  'Release Guard',
  'Take Snapshot',
  'Read Database',
  'Record Result',
];
/** What is done to the end whatever the person wants: it finishes, puts back or records what was begun. */
const UNSTOPPABLE: readonly string[] = [
  'End Backup',
  'Verify Target',
  'Release Guard',
  'Roll Back',
  'Follow Hooks',
  'Look At Instance',
  'Look At Command',
  'Look For Instances',
  'Record Result',
  'Record Failure',
];
/** What begins a hook. */
const BEGINNING: readonly string[] = ['Send Command', 'Send Command To Tags', 'Call Function'];
/** Points whose hooks need not be begun; those of the others end or tell what was begun. */
const STOPPABLE: readonly (string | undefined)[] = [
  'before_snapshot',
  'before_overwrite',
  'after_overwrite',
];
/** The only wait that may be cut short; in the others the array or the database may still be at work. */
const IDLE_WAIT = 'Wait For Replication';

/** Ends with the hook, where that is a process of this machine. */
const HOOK_WAIT = 'Wait For Hook';

/** Within this time a second signal is the first one again: npm passes on the Ctrl-C that the terminal has sent to all. */
const ECHO_MS = 1_000;

/** A hook point at which the run is. */
interface OpenHook {
  readonly run: string;
  readonly point: string;
}

const hookSchema = z.object({ id: z.string(), hook: z.object({ point: z.string() }) });

/** What a person reads of it, and how the process ends. */
export interface InterruptionOptions {
  readonly say: (text: string) => void;
  readonly exit: (code: number) => void;
  /** The command that clears up after a run. */
  readonly recovering: (run: string) => string;
  /** Waits until no hook is at work on this machine, but not longer than so many seconds. */
  readonly waitForHook: (seconds: number) => Promise<void>;
  /** Milliseconds since whenever. */
  readonly now: () => number;
}

/**
 * Stops a run at the first signal before its next step: what was begun on the target is finished or put back, a database is
 * taken out of backup mode, and the run is recorded. At the second signal the process ends at once.
 */
export class Interruption {
  #requestedAt: number | undefined;
  #state: string | undefined;
  #isWriting = false;
  #hasOverwritten = false;
  #backup: OpenBackup | undefined;
  #wake: (() => void) | undefined;
  #hook: OpenHook | undefined;
  readonly #options: InterruptionOptions;

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  get requested(): boolean {
    return this.#requestedAt !== undefined;
  }

  /** Handles a signal. */
  readonly signal = (): void => {
    const now = this.#options.now();
    if (this.#requestedAt !== undefined) {
      if (now - this.#requestedAt >= ECHO_MS) this.#stop();
    } else if (this.#state === undefined) {
      this.#stop();
    } else {
      this.#requestedAt = now;
      this.#wake?.();
      this.#options.say(`Stopping: ${this.#underWay()} first. Once more to stop at once.`);
    }
  };

  /** Waits in a Wait state's place, until it is enough or, where nothing depends on it, a signal comes. */
  readonly wait = async (seconds: number, state: string): Promise<void> => {
    const isIdle = state === IDLE_WAIT;
    if (isIdle && this.requested) return;
    if (state === HOOK_WAIT) return this.#options.waitForHook(seconds);
    const asked = this.#backup ? 'database' : 'array';
    if (!isIdle)
      this.#options.say(
        `Waiting ${seconds} s, until nothing that the ${asked} was asked can still happen …`,
      );
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1_000);
      if (!isIdle) return;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  };

  /**
   * To be called before each step, with the run document that it is given.
   * @param obstacle why else nothing may be begun; once the target is being overwritten, the run goes on all the same
   * @throws Interrupted, or the obstacle, in place of a step that is no longer wanted; the state machine catches it as any
   *   error of a step
   */
  readonly beforeStep = (state: string, run: unknown, obstacle?: RefreshError): void => {
    const goesOn =
      UNSTOPPABLE.includes(state) ||
      (state === RECOVERING && this.#isWriting) ||
      (BEGINNING.includes(state) && !STOPPABLE.includes(this.#hook?.point));
    if (this.requested && !goesOn) throw stoppedByPerson();
    if (obstacle && !goesOn && !this.#hasOverwritten && state !== RECOVERING) throw obstacle;
    this.#state = state;
    // What Systems Manager is asked for is no part of the run.
    if (run !== undefined) {
      this.#backup = openBackup(run);
      const found = state === 'Follow Hooks' ? hookSchema.safeParse(run).data : undefined;
      this.#hook = found && { run: found.id, point: found.hook.point };
    }
    if (WRITING.includes(state)) this.#isWriting = true;
    if (state === OVERWRITING) this.#hasOverwritten = true;
    if (WHOLE.includes(state)) this.#isWriting = false;
  };

  #underWay(): string {
    if (this.#backup) return `database ${this.#backup.database} is taken out of backup mode`;
    if (this.#isWriting) return 'what was begun on the target is finished or put back';
    if (this.#hook) return `the hook under way at ${this.#hook.point} comes to its end`;
    return 'the step under way is being finished';
  }

  #stop(): void {
    const { say, exit, recovering } = this.#options;
    if (this.#isWriting) {
      say(
        'Stopped in the middle: take the target group as mixed. Its guard stays on the array, and the next run puts the target back first.',
      );
    }
    if (this.#hook) {
      say(
        `A hook may be at work at ${this.#hook.point}, and goes on by itself. This calls those that are left:\n  ${recovering(this.#hook.run)}`,
      );
    }
    if (this.#backup) say(backupAlarm(this.#backup, recovering(this.#backup.run)));
    exit(this.#backup ? EXIT.inBackupMode : this.#isWriting ? EXIT.mixed : EXIT.failure);
  }
}

const stoppedByPerson = (): RefreshError =>
  new RefreshError(
    'Interrupted',
    'The run was stopped by the person who started it.',
    'Start it again when it suits.',
  );
