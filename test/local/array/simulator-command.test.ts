import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoState } from '../../../local/array/demo.ts';
import { readOptions } from '../../../local/array/read-options.ts';
import { createClient, GIB } from './test-array.ts';

const ENTRY = join(import.meta.dirname, '../../../bin/simulator.ts');
const start = (...args: string[]) => spawn(process.execPath, [ENTRY, ...args], { stdio: 'pipe' });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const writeState = async (content: string) => {
  const file = join(folder, 'state.json');
  await writeFile(file, content);
  return file;
};

/** The ready line, parsed. */
async function readyLine({ stdout }: ChildProcess) {
  if (stdout === null) throw new Error('The process has no stdout.');
  const [line] = await once(createInterface(stdout), 'line');
  return JSON.parse(line);
}

async function endOf(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, code };
}

describe('npm run simulator', () => {
  it('serves the worked example, says so in one line, and stops at SIGTERM', async () => {
    const child = start('--rest-version', '2.26');
    const end = endOf(child);
    const ready = await readyLine(child);
    expect(Object.keys(ready)).toEqual(['arrays', 'admin']);
    expect(ready.admin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(ready.arrays).toEqual([
      {
        name: 'fa-demo',
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        api_token: expect.any(String),
        ca: expect.stringContaining('BEGIN CERTIFICATE'),
      },
    ]);

    const client = createClient(ready, 0, '2.26');
    await client.login();
    const names = await client.names('/volumes');
    expect(names).toEqual(demoState.arrays[0]?.volumes?.map(({ name }) => name));
    const { body } = await client.call('GET', '/api/api_version');
    expect(body.version.at(-1)).toBe('2.26');
    await client.close();

    child.kill('SIGTERM');
    const { code, stderr, stdout } = await end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${JSON.stringify(ready)}\n`);
  });

  it('serves the arrays of a state file, and stops at SIGINT with a client connected', async () => {
    const arrays = [
      { name: 'fa-prod', volumes: [{ name: 'vol-0', size: GIB }] },
      { name: 'fa-dr', api_token: 'given' },
    ];
    const child = start('--state', await writeState(JSON.stringify({ arrays })), '--latency', '1');
    const end = endOf(child);
    const ready = await readyLine(child);
    expect(ready.arrays).toMatchObject([
      { name: 'fa-prod' },
      { name: 'fa-dr', api_token: 'given' },
    ]);
    const client = createClient(ready, 1);
    expect((await client.login()).status).toBe(200);
    child.kill('SIGINT');
    expect((await end).code).toBe(0);
    await client.close();
  });

  it('refuses what it does not know with exit 2, and says how it is called', async () => {
    const { code, stdout, stderr } = await endOf(start('--colour', 'red'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Unknown option '--colour'");
    expect(stderr).toContain('npm run simulator -- [--port N]');
  });
});

describe('the command line', () => {
  it('says everything about the simulator', async () => {
    const state = { arrays: [{ name: 'fa' }] };
    const file = await writeState(JSON.stringify(state));
    expect(
      await readOptions(['--port', '8443', '--state', file, '--latency=20', '--rest-version=2.4']),
    ).toEqual({ port: 8443, state, latencyMs: 20, restVersion: '2.4' });
  });

  it('is the worked example on any port, in the newest version, where it says nothing', async () => {
    expect(await readOptions([])).toEqual({
      port: 0,
      state: demoState,
      latencyMs: 0,
      restVersion: '2.56',
    });
  });

  it.each([
    [['left over'], "Unexpected argument 'left over'"],
    [['--port'], '--port'],
    [['--port', 'x'], "--port takes a whole number up to 65535, not 'x'"],
    [['--latency', '1.5'], "--latency takes a whole number up to 600000, not '1.5'"],
    [['--rest-version', '2.12'], 'there is no REST version 2.12'],
    [['--state', 'no-such-file.json'], 'no-such-file.json: ENOENT'],
  ])('with %j is refused', async (args, message) => {
    await expect(readOptions(args)).rejects.toThrow(message);
  });

  it.each([
    ['{ "arrays": ', 'JSON'],
    ['{ "arrays": [{ "name": "fa", "volumes": [{ "name": "v" }] }] }', 'arrays[0].volumes[0].size'],
  ])('with the state file %s is refused', async (content, message) => {
    const file = await writeState(content);
    await expect(readOptions(['--state', file])).rejects.toThrow(`${file}: `);
    await expect(readOptions(['--state', file])).rejects.toThrow(message);
  });
});
