import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCertificate } from './certificate.ts';
import type { JournalEntry } from './control/journal.ts';
import { answerUnder } from './control/under-faults.ts';
import type { World } from './control/world.ts';
import { readText } from './read-text.ts';
import type { Json } from './rest/json.ts';
import { type ArrayRequest, type Reply, splitPath } from './rest/router.ts';

/** An array request and its answer, for contract checks. */
export interface Exchange {
  array: string;
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  requestBody: unknown;
  status: number;
  replyBody: unknown;
  /** Of the reply. */
  headers: Readonly<Record<string, string>>;
}

/** A request to an array that is held without an answer. */
export interface HeldRequest {
  array: string;
  method: string;
  /** With `/api/…`, without the query. */
  path: string;
}

/** A request that has come to one of an array's doors. */
export interface IncomingRequest extends HeldRequest {
  /** Which one, counted from 0. */
  door: number;
  query: Record<string, string>;
}

/** Asked before each request; false: it is dropped, as if it had never come, and its socket closed. */
export type Gate = (request: IncomingRequest) => boolean | Promise<boolean>;

export interface ArrayServerOptions {
  world: World;
  /** The name of the array that answers. */
  array: string;
  /** Which of its ports this is, counted from 0. */
  door: number;
  certificate: ServerCertificate;
  /** Ends what still waits when the simulator stops. */
  signal: AbortSignal;
  onExchange: ((exchange: Exchange) => void) | undefined;
  onHeld: ((request: HeldRequest) => void) | undefined;
  gate: Gate | undefined;
}

/** The HTTPS server of one array. */
export function createArrayServer(options: ArrayServerOptions): Server {
  const { cert, key } = options.certificate;
  return createServer({ cert, key }, async (incoming, response) => {
    const text = await readText(incoming);
    if (text !== null) await serve(options, toRequest(incoming, text), response);
  });
}

/** Notes a request in the journal, lets faults and latency have their way with it, carries it out and answers. */
async function serve(
  options: ArrayServerOptions,
  request: ArrayRequest,
  response: ServerResponse,
): Promise<void> {
  const { world, array, door, signal, onExchange, onHeld, gate } = options;
  const { method, path, body } = request;
  const query = Object.fromEntries(request.query);
  if (gate && !(await gate({ array, door, method, path, query }))) {
    response.destroy();
    return;
  }
  const entry: JournalEntry = { array, method, path, query, body, status: null };
  world.journal.push(entry);
  const { era } = world;
  const effects = world.faults.strike({ array, method, path: splitPath(path).path });
  const delayMs = effects.reduce(
    (total, effect) => total + ('delay_ms' in effect ? effect.delay_ms : 0),
    world.options.latencyMs,
  );
  const isDelayed = effects.some((effect) => 'delay_ms' in effect);
  if (isDelayed) onHeld?.({ array, method, path });
  if (delayMs > 0) await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return;
  if (world.era !== era) {
    response.destroy();
    return;
  }
  const outcome = answerUnder(effects, world, array, request, (status) => {
    entry.status = status;
  });
  if (outcome === 'held') {
    if (!isDelayed) onHeld?.({ array, method, path });
    return;
  }
  if (outcome === 'hung up') {
    response.destroy();
    return;
  }
  const { status, body: replyBody, headers } = outcome;
  entry.status = status;
  onExchange?.({ array, method, path, query, requestBody: body, status, replyBody, headers });
  send(response, outcome);
}

function toRequest(incoming: IncomingMessage, text: string): ArrayRequest {
  const [path = '', query = ''] = (incoming.url ?? '').split('?', 2);
  return {
    method: incoming.method ?? '',
    path,
    query: [...new URLSearchParams(query)],
    body: parseBody(text),
    apiToken: headerOf(incoming, 'api-token'),
    sessionToken: headerOf(incoming, 'x-auth-token'),
  };
}

/** What is no JSON stays a text, and is refused by whoever expects something else. */
function parseBody(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const text = textOf(body);
  response.writeHead(status, {
    ...(text === '' ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(text);
}

/** A fault may answer with a text that is no JSON. */
function textOf(body: Json): string {
  if (body === null) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}
