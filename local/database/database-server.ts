import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { listen } from '../array/listen.ts';
import { callSchema, toAnswer } from './protocol.ts';
import type { DatabaseWorld } from './world.ts';

export interface DatabaseEndpoint {
  /** `tcp://127.0.0.1:PORT`, for `remoteDriver`. */
  readonly url: string;
  /** Closes the port and every session. */
  stop(): Promise<void>;
}

/** Lets other processes and threads reach a simulated database: a socket is a session, a line a call. */
export async function serveDatabase(world: DatabaseWorld): Promise<DatabaseEndpoint> {
  const { port, stop } = await listen(
    createServer((socket) => serve(world, socket)),
    0,
  );
  return { url: `tcp://127.0.0.1:${port}`, stop };
}

function serve(world: DatabaseWorld, socket: Socket): void {
  const session = world.newSession();
  // A client that goes away in the middle is nothing to speak of.
  socket.on('error', () => {});
  createInterface({ input: socket }).on('line', async (line) => {
    const call = callSchema.parse(JSON.parse(line));
    const outcome = await world.receive(session, call);
    if (outcome === 'lost') socket.destroy();
    else if (outcome !== 'held') socket.write(`${JSON.stringify(toAnswer(call, outcome))}\n`);
  });
}
