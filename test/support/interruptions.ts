type Act = () => void | Promise<void>;
type Moment = 'before' | 'after';

/** What stands for an execution that was stopped: no task does anything any more. */
class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** What happens around the tasks of a state machine, each once: what it throws is the task's error. */
export class Interruptions {
  #waiting: { readonly moment: Moment; readonly state: string; readonly act: Act }[] = [];
  #underWay = '';
  #isAborted = false;

  add(moment: Moment, state: string, act: Act): void {
    this.#waiting.push({ moment, state, act });
  }

  clear(): void {
    this.#waiting = [];
    this.#isAborted = false;
  }

  /** The execution is stopped around the next task of this state, which has happened or has not. */
  abort(moment: Moment, state: string): void {
    this.add(moment, state, () => {
      this.#isAborted = true;
      throw new Aborted('Somebody stopped the execution.');
    });
  }

  readonly beforeTask = (state: string): void => {
    if (this.#isAborted) throw new Aborted('The execution is over.');
    this.#underWay = state;
    void this.#happen('before', state);
  };

  readonly afterTask = async (): Promise<void> => {
    if (!this.#isAborted) await this.#happen('after', this.#underWay);
  };

  #happen(moment: Moment, state: string): void | Promise<void> {
    const index = this.#waiting.findIndex((act) => act.moment === moment && act.state === state);
    const [found] = index < 0 ? [] : this.#waiting.splice(index, 1);
    return found?.act();
  }
}
