import { connect, createServer } from 'node:tls';
import type { ServerCertificate } from '../../local/array/certificate.ts';
import { type Listener, listen } from '../../local/array/listen.ts';

const fronts = new Set<Listener>();

/** Stands in front of an array, with a certificate of its own. @returns its host */
export const standInFront = async (
  { host, ca }: { readonly host: string; readonly ca: string },
  { cert, key }: ServerCertificate,
): Promise<string> => {
  const { hostname, port } = new URL(`https://${host}`);
  const server = createServer({ cert, key }, (client) => {
    const array = connect({ host: hostname, port: Number(port), ca });
    client.pipe(array).pipe(client);
    for (const socket of [client, array]) socket.on('error', () => socket.destroy());
  });
  const front = await listen(server, 0);
  fronts.add(front);
  return `127.0.0.1:${front.port}`;
};

export const stopFronts = async (): Promise<void> => {
  await Promise.all([...fronts].map((front) => front.stop()));
  fronts.clear();
};
