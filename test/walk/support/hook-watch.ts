import type { IncomingRequest, RunningSimulator } from '../../../local/array/simulator.ts';
import { isOverwrite } from './courses.ts';
import { belowVersion } from './ground.ts';
import { Holdings } from './holdings.ts';
import { HOOK_SECONDS } from './hooks.ts';
import type { Script, WalkHosts } from './walk-hosts.ts';

/** Sees to the order of things between hosts and arrays while they happen. */
export class HookWatch {
  readonly breaches: string[] = [];
  /** Scripts in the order in which they began. */
  readonly begun: Script[] = [];
  readonly #hosts: WalkHosts;
  readonly #simulator: RunningSimulator;
  /** What the target held when the database was opened on it. */
  #openedOn: Holdings | undefined;
  /** What it held before the run; undefined where nobody looks. */
  before: Holdings | undefined;
  /** Whether a hook may be called that another run has just begun: what a clearing up has begun the next does not know. */
  mayMeet = false;

  constructor(hosts: WalkHosts, simulator: RunningSimulator) {
    this.#hosts = hosts;
    this.#simulator = simulator;
    if (hosts.state.isOpen) this.#openedOn = this.#holdings();
  }

  onRequest(request: IncomingRequest): void {
    const { method, query } = request;
    const path = belowVersion(request.path);
    const { isOpen, isQuiesced } = this.#hosts.state;
    if (isOverwrite({ method, path }) && isOpen) {
      this.breaches.push('The target was to be overwritten, and its database was open.');
    }
    const isSnapshot = method === 'POST' && path === '/protection-group-snapshots';
    if (isSnapshot && query['source_names'] === 'prd-pg' && !isQuiesced) {
      this.breaches.push('The snapshot was asked for, and the source was not quiesced.');
    }
  }

  onScript(script: Script, when: 'begins' | 'ends'): void {
    if (when === 'ends') {
      if (script === 'stop') this.lookAtOpen();
      return;
    }
    this.begun.push(script);
    const { works, isOpen } = this.#hosts.state;
    const now = this.#holdings();
    const claim = (isSo: boolean, problem: string) => {
      if (!isSo) this.breaches.push(`Script "${script}" began, ${problem}.`);
    };
    const latest = Math.max(
      0,
      ...works.map(({ due }) => (due < Number.POSITIVE_INFINITY ? due : 0)),
    );
    // What has not ended in time may be at work for as long as it likes.
    const other = works.find((work) => !work.isOver && this.#isInTime(work.begun));
    claim(
      !other || this.mayMeet,
      `and "${other?.script}" was at work until ${new Date(latest).toISOString()}`,
    );
    if (script === 'restart' || script === 'relisten') {
      const isOld = this.before === undefined || now.holdsAsIn(this.before);
      claim(isOld, 'and the target did not hold what it held before');
    }
    if (script === 'open' || script === 'listen') {
      const isNew = now.holdsSourcesOf(now) || (this.before && now.holdsSourcesOf(this.before));
      claim(isNew !== false, 'and the target was not wholly overwritten');
    }
    if (script === 'listen') claim(isOpen, 'and the database was closed');
    if ((script === 'restart' || script === 'open') && !isOpen) this.#openedOn = now;
  }

  /** Nothing may have come to the target while its database is open: neither late nor unasked. */
  lookAtOpen(): void {
    const { isOpen } = this.#hosts.state;
    if (!isOpen || !this.#openedOn) return;
    if (this.#holdings().holdsAsIn(this.#openedOn)) return;
    this.breaches.push('The target was overwritten while its database was open.');
  }

  #isInTime(begun: number): boolean {
    return this.#hosts.now() - begun < HOOK_SECONDS * 1_000;
  }

  #holdings(): Holdings {
    return new Holdings(this.#simulator.state());
  }
}
