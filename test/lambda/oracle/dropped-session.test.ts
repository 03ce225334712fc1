import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { some } from '../../support/extent.ts';
import { credentials } from './support/simulated-database.ts';
import { acceptance, startStubListener, stopStubListeners } from './support/stub-listener.ts';

afterEach(stopStubListeners);

const root = join(import.meta.dirname, '../../..');
const adapter = pathToFileURL(join(root, 'lambda/oracle/connect-oracle.ts')).href;

const ends: [string, (socket: Socket) => unknown][] = [
  ['dropped by us', () => {}],
  ['ended by the database', (socket) => socket.end()],
  ['reset by the database', (socket) => socket.resetAndDestroy()],
];

/** The driver clears up after a session when its memory is collected, and throws there if it takes it for a live one. */
it.each(some(ends, 2))(
  'a session that was %s does not take the process with it later on',
  async (_, act) => {
    const { connectString } = await startStubListener((socket) => {
      socket.once('data', () => {
        socket.write(acceptance());
        socket.once('data', () => act(socket));
      });
    });
    const script = `
    const { connectOracle } = await import(${JSON.stringify(adapter)});
    const timeouts = { connectMs: 250, queryMs: 1, executeMs: 1, breakMs: 1 };
    const failed = await connectOracle(${JSON.stringify({ ...credentials, connectString })}, timeouts)
      .then(() => 'connected', ({ name }) => name);
    for (let turn = 0; turn < 50; turn += 1) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(failed);`;
    const node = join(root, 'node_modules', '.bin', 'node');

    const { stdout } = await promisify(execFile)(node, [
      '--expose-gc',
      '--input-type=module',
      '--eval',
      script,
    ]);

    expect(stdout).toBe('DatabaseUnavailable\n');
  },
);
