import { randomUUID } from 'node:crypto';
import { createSecureContext, TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { ArrayCredentials } from '../refresh/credentials.ts';
import type { Clock } from '../steps/ports.ts';
import { unreachable } from './error-map.ts';

const CONNECT_MS = 5_000;
const ANSWER_MS = 30_000;
/** Requests that are under way at a time; more of them wait. */
const MOST_CONNECTIONS = 8;
/** A socket that sat idle for longer may be dead without our knowing: an execution environment is frozen in between. */
const IDLE_MS = 4_000;

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query string. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

/** What became of a call, of which nothing is secret. */
export interface SentCall {
  readonly host: string;
  readonly method: HttpCall['method'];
  /** Without the query string. */
  readonly path: string;
  /** Of the answer, or the name of the error that came instead. */
  readonly status: number | string;
  readonly ms: number;
  /** The `X-Request-ID` that was sent with it: the array knows the request by it, answered or not. */
  readonly request_id: string;
}

/** HTTPS to one array: kept-alive connections, verified certificates, bounded waits. */
export class Transport {
  /** Calls that were sent, answered or not. */
  sent = 0;
  /** With which the array has shown itself on the newest connection; null before the first. */
  certificate: { readonly validTo: Date } | null = null;
  readonly host: string;
  readonly #ca: string | null;
  readonly #clock: Clock;
  readonly #note: (call: SentCall) => void;
  #agent: Agent;
  #lastUse: number;
  #underWay = 0;

  /** @param note hears of each call that was sent, when it is over */
  constructor(
    { host, ca }: ArrayCredentials,
    clock: Clock,
    note: (call: SentCall) => void = () => {},
  ) {
    this.host = host;
    this.#ca = ca;
    this.#clock = clock;
    this.#note = note;
    this.#agent = this.#connect();
    this.#lastUse = clock.now().getTime();
  }

  /** @throws ArrayUnavailable, ArrayCertificateRefused */
  async send(call: HttpCall): Promise<HttpAnswer> {
    this.#dropIdleSockets();
    try {
      return await this.#attempt(call);
    } catch (error) {
      // A dropped connection says nothing about the array; a read may simply be asked again.
      if (call.method !== 'GET' || !isDropped(error)) throw this.#explain(call, error);
    }
    try {
      return await this.#attempt(call);
    } catch (error) {
      throw this.#explain(call, error);
    }
  }

  async #attempt(call: HttpCall): Promise<HttpAnswer> {
    const { method, target, headers, body } = call;
    const id = randomUUID();
    const tell = this.#teller(call, id);
    this.sent += 1;
    this.#underWay += 1;
    try {
      const reply = await this.#agent.request({
        origin: `https://${this.host}`,
        path: target,
        method,
        headers: { ...headers, 'x-request-id': id },
        body: body ?? null,
        signal: this.#clock.deadline(ANSWER_MS),
      });
      const text = withoutTokens(await reply.body.text(), headers);
      tell(reply.statusCode);
      return { status: reply.statusCode, headers: reply.headers, text };
    } catch (error) {
      tell(error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      this.#underWay -= 1;
      this.#lastUse = this.#clock.now().getTime();
    }
  }

  /** Begins to measure. */
  #teller({ method, target }: HttpCall, request_id: string): (status: SentCall['status']) => void {
    const started = this.#clock.now().getTime();
    return (status) => {
      const ms = this.#clock.now().getTime() - started;
      this.#note({ host: this.host, method, path: pathOf(target), status, ms, request_id });
    };
  }

  #explain({ method, target }: HttpCall, error: unknown): Error {
    return unreachable(this.host, `${method} ${pathOf(target)}`, error);
  }

  #connect(): Agent {
    const connect = buildConnector({
      timeout: CONNECT_MS,
      // Said out loud, since NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment changes the default.
      rejectUnauthorized: true,
      allowH2: false,
      // Made once, and not for each connection.
      secureContext: createSecureContext(this.#ca === null ? {} : { ca: this.#ca }),
    });
    return new Agent({
      connect: (options, callback) =>
        connect(options, (...outcome) => {
          const [, socket] = outcome;
          if (socket instanceof TLSSocket) this.#noteCertificate(socket);
          callback(...outcome);
        }),
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
      keepAliveTimeout: IDLE_MS,
      connections: MOST_CONNECTIONS,
      allowH2: false,
    });
  }

  #noteCertificate(socket: TLSSocket): void {
    const shown = socket.getPeerX509Certificate();
    if (shown) this.certificate = { validTo: new Date(shown.validTo) };
  }

  #dropIdleSockets(): void {
    const idleFor = this.#clock.now().getTime() - this.#lastUse;
    if (this.#underWay > 0 || idleFor < IDLE_MS) return;
    const idle = this.#agent;
    this.#agent = this.#connect();
    void idle.destroy();
  }
}

const pathOf = (target: string): string => target.replace(/\?.*$/s, '');

const isDropped = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE');

/** A gateway may quote our request in its refusal, and a refusal is shown, logged and recorded. */
const withoutTokens = (text: string, headers: HttpCall['headers']): string =>
  ['api-token', 'x-auth-token'].reduce((shown, name) => {
    const token = headers[name];
    return token === undefined ? shown : shown.replaceAll(token, '(token)');
  }, text);
