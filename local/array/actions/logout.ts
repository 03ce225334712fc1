import { type Action, noAnswer } from '../rest/call.ts';

/** `POST /logout`: the session is over. */
export const logout: Action = (array, call) => {
  array.closeSession(call.sessionToken ?? '');
  return noAnswer;
};
