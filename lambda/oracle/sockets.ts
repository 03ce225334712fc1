import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/**
 * The sockets of one session. The driver hands none out and cannot be told to drop one: a login has no deadline of its
 * own, and a call that is overdue waits for the database to agree. Node announces each socket where it is made.
 */
export class Sockets {
  readonly #open = new Set<Socket>();

  /** Does something, and counts the sockets that it opens. */
  collect<T>(act: () => Promise<T>): Promise<T> {
    listen();
    return collecting.run(this, act);
  }

  /**
   * Closes them at once. Whoever waits for one of them fails. With an error, for without one the driver takes the session
   * for a live one, says goodbye to it when its memory is collected, and what it throws then ends the process.
   */
  destroy(): void {
    for (const socket of this.#open) {
      socket.on('error', () => {});
      socket.destroy(new Error('The session was dropped'));
    }
    this.#open.clear();
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}

const collecting = new AsyncLocalStorage<Sockets>();
let isListening = false;

const listen = (): void => {
  if (isListening) return;
  isListening = true;
  subscribe('net.client.socket', (message) => {
    const isNews = typeof message === 'object' && message !== null && 'socket' in message;
    if (isNews && message.socket instanceof Socket) collecting.getStore()?.add(message.socket);
  });
};
