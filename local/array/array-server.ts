import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCertificate } from './certificate.ts';
import type { FaultEffect } from './control/faults.ts';
import type { JournalEntry } from './control/journal.ts';
import type { World } from './control/world.ts';
import { readText } from './read-text.ts';
import type { Json } from './rest/json.ts';
import { type ArrayRequest, type Reply, route, splitPath } from './rest/router.ts';

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
}

export interface ArrayServerOptions {
  world: World;
  /** The name of the array that answers. */
  array: string;
  certificate: ServerCertificate;
  /** Ends what still waits when the simulator stops. */
  signal: AbortSignal;
  onExchange: ((exchange: Exchange) => void) | undefined;
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
  const { world, array, signal, onExchange } = options;
  const { method, path, body } = request;
  const query = Object.fromEntries(request.query);
  const entry: JournalEntry = { array, method, path, query, body, status: null };
  world.journal.push(entry);
  const effects = world.faults.strike({ array, method, path: splitPath(path).path });
  const delayMs = effects.reduce(
    (total, effect) => total + ('delay_ms' in effect ? effect.delay_ms : 0),
    world.options.latencyMs,
  );
  if (delayMs > 0) await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return;

  const reply = handle(world, array, request, effects);
  if (reply === null) {
    response.destroy();
    return;
  }
  const { status, body: replyBody } = reply;
  entry.status = status;
  onExchange?.({ array, method, path, query, requestBody: body, status, replyBody });
  send(response, reply);
}

/** Carries out a request under the faults that hit it; null: no answer. */
function handle(
  world: World,
  array: string,
  request: ArrayRequest,
  effects: readonly FaultEffect[],
): Reply | null {
  world.catchUp();
  const store = world.array(array);
  const answer = () => route(store, request, world.surroundings());
  for (const effect of effects) {
    if ('expire_session' in effect) store.closeAllSessions();
    if ('status' in effect) {
      const { status, headers = {}, body = null } = effect;
      return { status, headers, body };
    }
    if ('hang_up' in effect) {
      if (effect.hang_up === 'after') answer();
      return null;
    }
  }
  return answer();
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
