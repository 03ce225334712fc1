import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { makeCertificate, type ServerCertificate } from '../../../../local/array/certificate.ts';
import { type Listener, listen } from '../../../../local/array/listen.ts';

export interface StubRequest {
  readonly method: string;
  /** Such as `/api/2.26/volumes`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly apiToken: string | undefined;
  readonly sessionToken: string | undefined;
  readonly requestId: string | undefined;
  readonly body: string;
}

export type StubAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as it is where it is a text, else as JSON. */
      readonly body?: unknown;
    }
  /** Closes the connection without an answer. */
  | 'hang up'
  /** Never answers. */
  | 'silence';

/** What a stub does with a request; undefined for one that it does not know. */
export type Answering = (
  request: StubRequest,
) => StubAnswer | undefined | Promise<StubAnswer | undefined>;

export interface StubArray {
  readonly host: string;
  readonly ca: string;
  readonly requests: readonly StubRequest[];
  /** Connections made to it so far. */
  connections(): number;
  /** Fulfilled when the next request has come in whole. */
  nextRequest(): Promise<void>;
}

let ordinary: Promise<ServerCertificate> | undefined;
const ordinaryCertificate = () => {
  ordinary ??= makeCertificate();
  return ordinary;
};

export interface StubOptions {
  /** Name or address by which the client calls it; `127.0.0.1` by default. */
  readonly name?: string;
  readonly certificate?: ServerCertificate;
}

const listeners = new Set<Listener>();

/** An HTTPS server that answers as the test says, for what no decent array would answer. */
export async function startStubArray(
  answer: Answering,
  { name = '127.0.0.1', certificate }: StubOptions = {},
): Promise<StubArray> {
  const { ca, cert, key } = certificate ?? (await ordinaryCertificate());
  const requests: StubRequest[] = [];
  const waiting: (() => void)[] = [];
  let connections = 0;
  const server = createServer({ cert, key }, async (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'https://array');
    const header = (wanted: string) => incoming.headers[wanted]?.toString();
    const request = {
      method: incoming.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      apiToken: header('api-token'),
      sessionToken: header('x-auth-token'),
      requestId: header('x-request-id'),
      body: await text(incoming),
    };
    requests.push(request);
    for (const resolve of waiting.splice(0)) resolve();
    const found = (await answer(request)) ?? { status: 404, body: { errors: [] } };
    if (found === 'silence') return;
    if (found === 'hang up') {
      incoming.socket.destroy();
      return;
    }
    const { status = 200, headers = {}, body = '' } = found;
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  const listener = await listen(server, 0);
  listeners.add(listener);
  return {
    host: `${name}:${listener.port}`,
    ca,
    requests,
    connections: () => connections,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

export async function stopStubArrays(): Promise<void> {
  await Promise.all([...listeners].map((listener) => listener.stop()));
  listeners.clear();
}

/** How an array opens a session: one version, and a new session token for each login, `session-1` first. */
export const openingWith = (then: Answering, version = '2.26'): Answering => {
  let logins = 0;
  return (request) => {
    const { method, path } = request;
    if (path === '/api/api_version') return { body: { version: ['1.19', version] } };
    if (method === 'POST' && path === `/api/${version}/login`) {
      logins += 1;
      return { headers: { 'x-auth-token': `session-${logins}` }, body: { items: [{}] } };
    }
    return then(request);
  };
};

/** Method and path of what the stub was asked, in order. */
export const callsTo = ({ requests }: StubArray): string[] =>
  requests.map(({ method, path }) => `${method} ${path}`);
