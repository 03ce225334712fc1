/** The states that record what happened: a stopped run is recorded too. */
const RECORDING = ['Record Result', 'Record Failure'];
/** The state in which the target is written to. */
const WRITING = 'Overwrite Volumes';

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
 * Stops a run at the first signal before its next step: a step that was begun is finished, and the run is recorded. At
 * the second signal the process ends at once.
 */
export class Interruption {
  #requested = false;
  #state: string | undefined;
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
    const writing = this.#state === WRITING;
    if (this.#requested || this.#state === undefined) {
      if (writing)
        this.#say('Stopped in the middle of the overwrite: take the target group as mixed.');
      this.#exit(writing ? 3 : 1);
      return;
    }
    this.#requested = true;
    this.#wake?.();
    this.#say(
      `Stopping: ${writing ? 'the overwrite is being finished' : 'the step under way is being finished'} first. Once more to stop at once.`,
    );
  };

  /** Waits between two looks at a replication, until it is enough or a signal comes. */
  readonly wait = async (seconds: number): Promise<void> => {
    if (this.#requested) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  };

  /** To be called before each step. @throws Interrupted */
  readonly beforeStep = (state: string): void => {
    if (this.#requested && !RECORDING.includes(state)) throw new Interrupted();
    this.#state = state;
  };
}
