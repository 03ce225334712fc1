import { Agent } from 'undici';
import * as z from 'zod';
import type { Ground, Pair } from './ground.ts';

const SUFFIX = 'bench';
/** The script's own. */
const KEY = 'snapshot_mapping';

const versions = z.object({ version: z.array(z.string()) });
const members = z.object({ items: z.array(z.object({ member: z.object({ name: z.string() }) })) });
const named = z.object({ items: z.array(z.object({ name: z.string() })) });
const snapshots = z.object({
  items: z.array(z.object({ name: z.string(), source: z.object({ id: z.string() }) })),
});

/**
 * Sends what the Python script sends for a local refresh whose snapshot is yet to be made, one request after the other:
 * 12 + 3n for n volumes (flasharray-rest.md §8). The vendor's client has a pool of connections of its own for each of
 * version, login, logout and all else, and keeps them alive (§1.4); so here. It logs in once: none of this takes as long as
 * a session lasts.
 *
 * Where nobody knows what the script does, this does what takes less time: no interpreter starts, a reply is no more than
 * parsed, and next to nothing is computed. The snapshot is made with a body of its suffix alone: the fields that the script
 * adds are none that an array knows.
 * @returns milliseconds to the answer to the last tag; the logout comes after that
 */
export const runScript = async (array: Ground['array'], pair: Pair): Promise<number> => {
  const begun = performance.now();
  const pools: Pool[] = [];
  const open = () => {
    const pool = new Pool(array);
    pools.push(pool);
    return pool;
  };
  try {
    const { version } = versions.parse((await open().send('GET', '/api/api_version')).body);
    const base = `/api/${version.at(-1)}`;
    const login = await open().send('POST', `${base}/login`, { 'api-token': array.api_token });
    const session = { 'x-auth-token': String(login.headers['x-auth-token']) };
    const rest = open();
    const call = async (method: Method, path: string, body?: unknown) =>
      (await rest.send(method, `${base}${path}`, session, body)).body;

    await copy(call, pair);
    const ms = performance.now() - begun;
    await open().send('POST', `${base}/logout`, session);
    return ms;
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
};

type Method = 'GET' | 'POST' | 'PUT';
type Call = (method: Method, path: string, body?: unknown) => Promise<unknown>;

const copy = async (call: Call, { source: group, target }: Pair): Promise<void> => {
  await call('GET', '/arrays');
  await call('GET', '/arrays');
  await call('GET', `/protection-group-snapshots?source_names=${group}`);
  await targetVolumes(call, target);
  await call('POST', `/protection-group-snapshots?source_names=${group}`, { suffix: SUFFIX });
  // Those of the whole array, of which it takes its own by their names.
  const { items } = snapshots.parse(await call('GET', '/volume-snapshots'));
  const sources = items.filter(({ name }) => name.startsWith(`${group}.${SUFFIX}.`));
  const targets = await targetVolumes(call, target);
  for (const name of targets) await call('GET', `/volumes/tags?resource_names=${name}`);
  // All are of one size and bear no tag, so its rules pair them in their order.
  for (const [index, { name, source }] of sources.entries()) {
    const volume = targets[index] ?? '';
    await call('POST', `/volumes?names=${volume}&overwrite=true`, { source: { name } });
    const tag = { key: KEY, value: source.id };
    await call('PUT', `/volumes/tags/batch?resource_names=${volume}`, [tag]);
  }
};

const targetVolumes = async (call: Call, group: string): Promise<string[]> => {
  const path = `/protection-groups/volumes?group_names=${group}`;
  const { items } = members.parse(await call('GET', path));
  const names = items.map(({ member }) => member.name).join(',');
  return named.parse(await call('GET', `/volumes?names=${names}`)).items.map(({ name }) => name);
};

/** A connection to the array that is kept alive. */
class Pool {
  readonly #origin: string;
  readonly #agent: Agent;

  constructor({ host, ca }: Ground['array']) {
    this.#origin = `https://${host}`;
    this.#agent = new Agent({ connections: 1, connect: { ca } });
  }

  /** @throws Error when the array refuses it */
  async send(method: Method, path: string, headers: Record<string, string> = {}, body?: unknown) {
    const reply = await this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`${method} ${path} was refused: ${text}`);
    return { headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
