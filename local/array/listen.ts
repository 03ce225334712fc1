import { once } from 'node:events';
import type { Server } from 'node:net';

/** Listens on 127.0.0.1; port 0 takes any free one. Gives the port. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
