import type { Action } from '../rest/call.ts';

/** `POST /logout`: the session is over. */
export const logout: Action = (array, call) => {
  array.closeSession(call.sessionToken ?? '');
  return { body: null };
};
