import { refuse } from '../rest/errors.ts';
import { type ArrayRequest, type Reply, refusal, route } from '../rest/router.ts';
import type { FaultEffect } from './faults.ts';
import { firstItems } from './first-items.ts';
import type { World } from './world.ts';

/** Without an answer the socket is closed or, where the request is held, left open. */
export type Outcome = Reply | 'hung up' | 'held';

/** Carries out a request under the faults that hit it. `onLate` hears the status of what is carried out later. */
export function answerUnder(
  effects: readonly FaultEffect[],
  world: World,
  array: string,
  request: ArrayRequest,
  onLate: (status: number) => void,
): Outcome {
  world.catchUp();
  const store = world.array(array);
  const answer = (asked = request) => route(store, asked, world.surroundings());
  for (const effect of effects) {
    if ('expire_session' in effect) store.closeAllSessions();
    if ('status' in effect) {
      const { status, headers = {}, body = null } = effect;
      return { status, headers, body };
    }
    if ('hang_up' in effect) {
      if (effect.hang_up === 'after') answer();
      return 'hung up';
    }
    if ('act_late_ms' in effect) {
      const isAccepted = store.useSession(request.sessionToken ?? '', world.surroundings().now);
      world.holdBack(effect.act_late_ms, (surroundings) =>
        onLate(route(store, { ...request, isAccepted }, surroundings).status),
      );
      return 'held';
    }
    if ('apply_first' in effect) {
      const part = firstItems(request, effect.apply_first);
      const reply = part === null ? null : answer(part);
      if (effect.then === 'hang_up') return 'hung up';
      if (reply !== null && reply.status !== 200) return reply;
      return refusal(store, request, refuse('The simulator stops here, as a fault told it to.'));
    }
  }
  return answer();
}
