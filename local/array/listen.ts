import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Closes the server and every socket it still has, also those that have not said anything yet. */
  stop(): Promise<void>;
}

/** Lets a server listen on 127.0.0.1; port 0 takes any free one. Rejects if the port is taken. */
export async function listen(server: Server, port: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
