import type { Action } from '../rest/call.ts';
import { unauthorized } from '../rest/errors.ts';

/** `POST /login`: an API token buys a session (flasharray-rest.md §1.2). */
export const login: Action = (array, call) => {
  if (call.apiToken !== array.apiToken) throw unauthorized('Invalid API token.');
  return {
    body: { items: [{ username: 'pureuser' }] },
    headers: { 'x-auth-token': array.openSession(call.now) },
  };
};
