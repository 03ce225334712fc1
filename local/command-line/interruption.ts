/** States from which on the target may be mixed. */
export const WRITING: readonly string[] = ['Overwrite Volumes', 'Recover Target'];
/** From these on it is whole again. */
const WHOLE: readonly string[] = ['Release Guard', 'Take Snapshot', 'Record Result'];
/** What is done to the end whatever the person wants: it finishes, puts back or records what was begun. */
const UNSTOPPABLE: readonly string[] = [
  'Verify Target',
  'Release Guard',
  'Roll Back',
  'Record Result',
  'Record Failure',
];
/** Nor is this left once it has taken over. */
const RECOVERING = 'Recover Target';
/** The only wait that may be cut short; in the others the array may still be at work. */
const IDLE_WAIT = 'Wait For Replication';

/** Thrown in place of a step that is no longer wanted; the state machine catches it as any error of a step. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super(
      'The run was stopped by the person who started it.\nWhat to do: Start it again when it suits.',
    );
  }
}

/**
 * Stops a run at the first signal before its next step: what was begun on the target is finished or put back, and the
 * run is recorded. At the second signal the process ends at once.
 */
export class Interruption {
  #requested = false;
  #state: string | undefined;
  #isWriting = false;
  #wake: (() => void) | undefined;
  readonly #say: (text: string) => void;
  readonly #exit: (code: number) => void;

  constructor(say: (text: string) => void, exit: (code: number) => void) {
    this.#say = say;
    this.#exit = exit;
  }

  get requested(): boolean {
    return this.#requested;
  }

  /** Handles a signal. */
  readonly signal = (): void => {
    if (this.#requested || this.#state === undefined) {
      if (this.#isWriting) {
        this.#say(
          'Stopped in the middle: take the target group as mixed. Its guard stays on the array, and the next run puts the target back first.',
        );
      }
      this.#exit(this.#isWriting ? 3 : 1);
      return;
    }
    this.#requested = true;
    this.#wake?.();
    this.#say(
      `Stopping: ${this.#isWriting ? 'what was begun on the target is finished or put back' : 'the step under way is being finished'} first. Once more to stop at once.`,
    );
  };

  /** Waits in a Wait state's place, until it is enough or, where nothing depends on it, a signal comes. */
  readonly wait = async (seconds: number, state: string): Promise<void> => {
    const isIdle = state === IDLE_WAIT;
    if (isIdle && this.#requested) return;
    if (!isIdle)
      this.#say(`Waiting ${seconds} s, until nothing that the array was asked can still happen …`);
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

  /** To be called before each step. @throws Interrupted */
  readonly beforeStep = (state: string): void => {
    const goesOn = UNSTOPPABLE.includes(state) || (state === RECOVERING && this.#isWriting);
    if (this.#requested && !goesOn) throw new Interrupted();
    this.#state = state;
    if (WRITING.includes(state)) this.#isWriting = true;
    if (WHOLE.includes(state)) this.#isWriting = false;
  };
}
