type Act = () => void | Promise<void>;
type Moment = 'before' | 'after';

/** What happens around the tasks of a state machine, each once: what it throws is the task's error. */
export class Interruptions {
  #waiting: { readonly moment: Moment; readonly state: string; readonly act: Act }[] = [];
  #underWay = '';

  add(moment: Moment, state: string, act: Act): void {
    this.#waiting.push({ moment, state, act });
  }

  clear(): void {
    this.#waiting = [];
  }

  readonly beforeTask = (state: string): void => {
    this.#underWay = state;
    void this.#happen('before', state);
  };

  readonly afterTask = async (): Promise<void> => {
    await this.#happen('after', this.#underWay);
  };

  #happen(moment: Moment, state: string): void | Promise<void> {
    const index = this.#waiting.findIndex((act) => act.moment === moment && act.state === state);
    const [found] = index < 0 ? [] : this.#waiting.splice(index, 1);
    return found?.act();
  }
}
