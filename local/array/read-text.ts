import type { IncomingMessage } from 'node:http';

/** The whole body of a request; null if the client went away in the middle of it. */
export async function readText(incoming: IncomingMessage): Promise<string | null> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return null;
  }
}
