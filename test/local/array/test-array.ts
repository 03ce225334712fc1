import { Agent, request } from 'undici';
import { createManualClock, type SimulatorClock } from '../../../local/array/clock.ts';
import {
  type RunningSimulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../local/array/simulator.ts';
import type { ArrayState, StateFile } from '../../../local/array/state-file.ts';

export const MIB = 1_048_576;
export const GIB = 1_073_741_824;
/** When the clock of every simulator starts. */
const START = Date.UTC(2026, 10, 24);

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: replies are JSON that each test looks into
  body: any;
}

export interface CallOptions {
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The REST version in the path; the newest by default. */
  version?: string;
}

/** A client of one array that has logged in, over real HTTPS. */
export interface ArrayClient {
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
  /** `call` with GET, for replies that must be 200: the items. */
  items(path: string, query?: CallOptions['query'], version?: string): Promise<Answered['body'][]>;
  /** The names of the items. */
  names(path: string, query?: CallOptions['query']): Promise<string[]>;
  login(): Promise<Answered>;
  close(): Promise<void>;
}

export interface TestArray extends ArrayClient {
  sim: RunningSimulator;
  clock: SimulatorClock;
  /** Back to the state of the start; logs in again. The clock goes on. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a simulator with a clock that stands still, and a client of its first array. */
export async function startTestArray(
  state: Omit<ArrayState, 'name'> | StateFile,
  options: Partial<SimulatorOptions> = {},
): Promise<TestArray> {
  const clock = createManualClock(START);
  const arrays = 'arrays' in state ? state.arrays : [{ name: 'fa-test', ...state }];
  const sim = await startSimulator({ state: { arrays }, clock, ...options });
  const client = createClient(sim, 0, options.restVersion);
  await client.login();
  const reset = async () => {
    sim.reset();
    await client.login();
  };
  const stop = async () => {
    await client.close();
    await sim.stop();
  };
  return { ...client, sim, clock, reset, stop };
}

export function createClient(
  sim: Pick<RunningSimulator, 'arrays'>,
  index = 0,
  newest = '2.56',
): ArrayClient {
  const array = sim.arrays[index];
  if (array === undefined) throw new Error(`There is no array ${index}.`);
  const dispatcher = new Agent({ connect: { ca: array.ca } });
  let session = '';

  const call = async (method: string, path: string, options: CallOptions = {}) => {
    const { query = {}, body, headers = {}, version = newest } = options;
    const prefix = path.startsWith('/api/') ? '' : `/api/${version}`;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const {
      statusCode,
      headers: replyHeaders,
      body: reply,
    } = await request(
      `https://${array.host}${prefix}${path}?${new URLSearchParams(toStrings(query))}`,
      {
        method: method as 'GET',
        dispatcher,
        headers: { 'x-auth-token': session, ...headers },
        body: text ?? null,
      },
    );
    const replyText = await reply.text();
    return {
      status: statusCode,
      headers: replyHeaders,
      body: replyText === '' ? null : JSON.parse(replyText),
    };
  };
  const items: ArrayClient['items'] = async (path, query = {}, version = newest) => {
    const { status, body } = await call('GET', path, { query, version });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.items;
  };
  return {
    call,
    items,
    names: async (path, query) => (await items(path, query)).map(({ name }) => name),
    login: async () => {
      const answered = await call('POST', '/login', { headers: { 'api-token': array.api_token } });
      session = String(answered.headers['x-auth-token']);
      return answered;
    },
    close: () => dispatcher.destroy(),
  };
}

/** A request to the admin port. */
export async function admin(
  { sim }: Pick<TestArray, 'sim'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Pick<Answered, 'status' | 'body'>> {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? null);
  const answered = await request(`${sim.admin}${path}`, { method: method as 'GET', body: text });
  return { status: answered.statusCode, body: await answered.body.json() };
}

const toStrings = (query: Record<string, string | number | boolean>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));

/** The only error of a reply. */
export function errorOf({ body }: Answered): { context: string | null; message: string } {
  const [{ context, message }, ...others] = body.errors;
  if (others.length > 0) throw new Error(`more than one error: ${JSON.stringify(body.errors)}`);
  return { context, message };
}

/** `count` volumes `vol-0001`… of 1 MiB. */
export const manyVolumes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `vol-${String(index + 1).padStart(4, '0')}`,
    size: MIB,
  }));
