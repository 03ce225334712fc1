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
  onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** The HTTPS server of one array. */
export function createArrayServer(options: ArrayServerOptions): Server {
  const { cert, key } = options.certificate;
  return createServer({ cert, key }, async (request, response) => {
    try {
      await serve(options, request, response);
    } catch (error) {
      // Stopped, or the client went away: there is nobody to answer.
      if (!options.signal.aborted && !request.destroyed) throw error;
    }
  });
}

async function serve(
  options: ArrayServerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, array } = options;
  const request = await readRequest(incoming);
  const { method, path, body } = request;
  const entry: JournalEntry = {
    array,
    method,
    path,
    query: Object.fromEntries(request.query),
    body,
    status: null,
  };
  world.journal.push(entry);
  const effects = world.faults.strike({ array, method, path: splitPath(path).path });
  await wait(world.options.latencyMs + delayOf(effects), options.signal);

  const reply = handle(world, array, request, effects);
  if (reply === null) {
    incoming.socket.destroy();
    return;
  }
  entry.status = reply.status;
  options.onExchange?.({
    array,
    method,
    path,
    query: entry.query,
    requestBody: body,
    status: reply.status,
    replyBody: reply.body,
  });
  send(response, reply);
}

/** Carries out a request under the faults that hit it; null: no answer. */
function handle(
  world: World,
  array: string,
  request: ArrayRequest,
  effects: readonly FaultEffect[],
): Reply | null {
  const { newest, clock } = world.options;
  const store = world.array(array);
  for (const effect of effects) {
    if ('expire_session' in effect) store.closeAllSessions();
    if ('status' in effect) {
      const { status, headers = {}, body = null } = effect;
      return { status, headers, body };
    }
    if ('hang_up' in effect) {
      if (effect.hang_up === 'after') route(store, request, newest, clock.now());
      return null;
    }
  }
  return route(store, request, newest, clock.now());
}

const delayOf = (effects: readonly FaultEffect[]): number =>
  effects.reduce((total, effect) => total + ('delay_ms' in effect ? effect.delay_ms : 0), 0);

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}

async function readRequest(incoming: IncomingMessage): Promise<ArrayRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'https://array');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: [...searchParams],
    body: parseBody(await readText(incoming)),
    apiToken: headerOf(incoming, 'api-token'),
    sessionToken: headerOf(incoming, 'x-auth-token'),
  };
}

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
