import { isDeepStrictEqual } from 'node:util';
import type { Exchange, Fault } from '../../local/array/simulator.ts';
import { violationsOf } from './contract/vendor-contract.ts';

/** Notes what goes against the vendor's contract. */
export class ContractRecord {
  #violations: string[] = [];
  readonly #faultReplies: unknown[] = [];

  /** What a fault replies is no reply of the array's: no contract binds it. */
  ignoreRepliesOf(faults: readonly Fault[]): void {
    for (const { effect } of faults) if ('body' in effect) this.#faultReplies.push(effect.body);
  }

  readonly note = (exchange: Exchange): void => {
    const isFault = this.#faultReplies.some((body) => isDeepStrictEqual(body, exchange.replyBody));
    // Only a reply of status 200 is looked at.
    this.#violations.push(...violationsOf(isFault ? { ...exchange, status: 0 } : exchange));
  };

  /** What was noted since the last time. */
  take(): string[] {
    const violations = this.#violations;
    this.#violations = [];
    return violations;
  }
}
