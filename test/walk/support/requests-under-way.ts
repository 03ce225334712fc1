import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';

/** Requests of this thread that have been begun and neither been answered nor failed, by what undici itself tells. */
const underWay = new Set<unknown>();
let listeners: (() => void)[] = [];

const requestOf = (message: unknown): unknown => Object(message).request;
const end = (message: unknown): void => {
  underWay.delete(requestOf(message));
  for (const listener of listeners) listener();
};
subscribe('undici:request:create', (message) => underWay.add(requestOf(message)));
subscribe('undici:request:trailers', end);
subscribe('undici:request:error', end);

export const countUnderWay = (): number => underWay.size;

/** Calls `listener` when a request has ended, until it is told to stop. */
export const onEnded = (listener: () => void): (() => void) => {
  listeners.push(listener);
  return () => {
    listeners = listeners.filter((other) => other !== listener);
  };
};

/** A turn of the event loop: what follows from what has happened has happened. */
export const turn = async (): Promise<void> => {
  await setImmediate();
};

/**
 * Waits until no request is under way. A step that fails leaves those behind that it had sent beside the one that failed;
 * they must not reach the array when something else has begun.
 */
export const allEnded = async (): Promise<void> => {
  do await turn();
  while (underWay.size > 0);
};
