import type { IncomingRequest, RunningSimulator } from '../../../local/array/simulator.ts';
import { HookWatch } from './hook-watch.ts';
import type { WalkClock } from './walk-clock.ts';
import { WalkHosts } from './walk-hosts.ts';

/** An open database writes, and that is all that an array sees of it. */
const WRITES = 40;

/** Everything that hooks reach on a ground: hosts, the source, and a database on the target. */
export class WalkHooks {
  readonly hosts: WalkHosts;
  readonly #simulator: RunningSimulator;
  /** Of what happens between hosts and arrays. */
  watch: HookWatch;
  #writes = true;

  constructor(simulator: RunningSimulator, clock: WalkClock) {
    this.#simulator = simulator;
    this.hosts = new WalkHosts({
      now: () => clock.now(),
      pass: (seconds) => simulator.advance(seconds * 1_000),
      onScript: (script, when) => this.watch.onScript(script, when),
    });
    this.watch = new HookWatch(this.hosts, simulator);
    this.#load(true);
  }

  /** To be called when something is about to happen on an array. */
  onRequest(request: IncomingRequest): void {
    const { isOpen } = this.hosts.state;
    if (isOpen !== this.#writes) this.#load(isOpen);
    this.watch.onRequest(request);
  }

  /** Back to a checkpoint, to which the arrays have gone back already; what was seen since is forgotten. */
  restore(state: WalkHosts['state']): void {
    this.hosts.restore(state);
    this.#load(this.hosts.state.isOpen);
    this.watch = new HookWatch(this.hosts, this.#simulator);
  }

  show(): string {
    return JSON.stringify(this.hosts.state);
  }

  #load(writes: boolean): void {
    this.#writes = writes;
    const performance = { reads_per_sec: 0, writes_per_sec: writes ? WRITES : 0 };
    for (const { name: array, volumes } of this.#simulator.state().arrays) {
      for (const { name } of volumes) {
        if (name.startsWith('dev-')) this.#simulator.setPerformance(array, name, performance);
      }
    }
  }
}
