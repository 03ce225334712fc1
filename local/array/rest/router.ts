import type { ArrayStore } from '../store/array-store.ts';
import type { Lane } from '../store/lane.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
import { ArrayError, unauthorized, unknown } from './errors.ts';
import { from, reference } from './fields.ts';
import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { parseQuery } from './query.ts';
import { listVersions, offers } from './versions.ts';

/** A request as it came over the wire. */
export interface ArrayRequest {
  readonly method: string;
  /** With `/api/…`, without the query. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly body: unknown;
  readonly apiToken: string | undefined;
  readonly sessionToken: string | undefined;
  /** True: the array has looked at the session already, and does not ask for it again. */
  readonly isAccepted?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no body at all. */
  readonly body: Json;
}

/** What there is around an array that answers. */
export interface Surroundings {
  /** The N of the newest version 2.N. */
  readonly newest: number;
  readonly now: number;
  readonly lanes: readonly Lane[];
}

/** Answers a request to an array. The one place where errors become replies. */
export function route(
  array: ArrayStore,
  request: ArrayRequest,
  { newest, now, lanes }: Surroundings,
): Reply {
  if (request.method === 'GET' && request.path === '/api/api_version') {
    return { status: 200, headers: {}, body: { version: listVersions(newest) } };
  }
  const { version, path } = splitPath(request.path);
  try {
    array.eradicateDue(now);
    const endpoint = findEndpoint(request.method, path, version, newest);
    const { apiToken, sessionToken, body } = request;
    const isAccepted = endpoint.isOpen === true || request.isAccepted === true;
    if (!isAccepted && !array.useSession(sessionToken ?? '', now)) {
      throw unauthorized('The session token is not valid or has expired.');
    }
    const query = parseQuery(endpoint.parameters, request.query, version);
    const call = { version, query, body, now, lanes, apiToken, sessionToken };
    const answer = endpoint.action(array, call);
    return {
      status: 200,
      headers: answer.headers ?? {},
      body: endpoint.isOpen ? answer.body : withContext(answer.body, array, version),
    };
  } catch (error) {
    if (!(error instanceof ArrayError)) throw error;
    return refusal(array, request, error);
  }
}

/** What the array answers when it refuses a request. */
export function refusal(array: ArrayStore, { path }: ArrayRequest, error: ArrayError): Reply {
  const { version } = splitPath(path);
  const location = from(38, version, { location_context: contextOf(array, version) });
  const errors = error.entries.map((entry) => ({ ...entry, ...location }));
  return { status: error.status, headers: {}, body: { errors } };
}

/** Cuts `/api/2.26/volumes` into 26 and `/volumes`; version 0 stands for none. */
export function splitPath(path: string): { version: number; path: string } {
  const [, version, rest] = /^\/api\/2\.(\d+)(\/.+)$/.exec(path) ?? [];
  return { version: Number(version ?? 0), path: rest ?? path };
}

function findEndpoint(method: string, path: string, version: number, newest: number): Endpoint {
  const what = `${method} ${path}`;
  if (!offers(newest, version)) {
    throw unknown(
      `The simulator does not know ${what} in this version: it offers 2.2 to 2.${newest}.`,
    );
  }
  const endpoint = Object.hasOwn(endpoints, what) ? endpoints[what] : undefined;
  if (endpoint === undefined && method === 'DELETE') {
    throw unknown(`The simulator refuses ${what}: nothing is ever eradicated.`);
  }
  if (endpoint === undefined) throw unknown(`The simulator does not know ${what}.`);
  if (version < (endpoint.since ?? 0)) {
    throw unknown(`${what} is not in REST 2.${version}: it came with 2.${endpoint.since}.`);
  }
  return endpoint;
}

/** From 2.38 every item says which array it is on (flasharray-rest.md §7). */
function withContext(body: JsonObject | null, array: ArrayStore, version: number): Json {
  const items = body?.['items'];
  if (version < 38 || body === null || !isList(items)) return body;
  const context = contextOf(array, version);
  return { ...body, items: items.map((item) => (isObject(item) ? { ...item, context } : item)) };
}

const contextOf = (array: ArrayStore, version: number): JsonObject => ({
  ...reference(array),
  ...from(47, version, { resource_type: 'arrays' }),
});
