import type * as z from 'zod';
import type { ArrayCredentials } from '../refresh/credentials.ts';
import { RefreshError } from '../refresh/errors.ts';
import type { Clock } from '../steps/ports.ts';
import { refusal } from './error-map.ts';
import { encodeQuery, type Query } from './query.ts';
import { apiVersions, page } from './schemas.ts';
import { type HttpAnswer, type HttpCall, Transport } from './transport.ts';
import { chooseMinor } from './version.ts';

export interface Call {
  readonly method: HttpCall['method'];
  /** Below `/api/2.N`, such as `/volumes`. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
}

/**
 * The API token to log in with. An array that has refused the one of the moment is offered the one that `renewed` gives,
 * where that is another.
 */
export interface TokenSource {
  current(): Promise<string>;
  renewed(): Promise<string>;
}

/**
 * A login session with one array: finds the version and logs in at the first call, shares that one login between calls
 * in parallel, and logs in anew once when the array no longer knows the session.
 */
export class Session {
  readonly #transport: Transport;
  readonly #tokens: TokenSource;
  readonly #pin: string | null;
  #minor: Promise<number> | undefined;
  #login: Promise<string> | undefined;

  /** @param tokens without them, the token of the credentials, for good */
  constructor(
    credentials: ArrayCredentials,
    pin: string | null,
    clock: Clock,
    tokens: TokenSource = forGood(credentials.apiToken),
  ) {
    this.#transport = new Transport(credentials, clock);
    this.#tokens = tokens;
    this.#pin = pin;
  }

  get host(): string {
    return this.#transport.host;
  }

  get requestCount(): number {
    return this.#transport.sent;
  }

  /** N of the version 2.N in use. */
  minor(): Promise<number> {
    this.#minor ??= this.#findMinor().catch((error: unknown) => {
      this.#minor = undefined;
      throw error;
    });
    return this.#minor;
  }

  /** The items of the answer, each as `schema` has it. */
  async items<T extends z.ZodType>(call: Call, schema: T): Promise<z.output<T>[]> {
    const answer = await this.#send(call);
    const { items } = this.#read(call, page, answer.text);
    return this.#readItems(call, schema, items);
  }

  /** For what answers with nothing. */
  async done(call: Call): Promise<void> {
    await this.#send(call);
  }

  /** All items of a listing, to its last page. */
  async list<T extends z.ZodType>(path: string, query: Query, schema: T): Promise<z.output<T>[]> {
    const found: z.output<T>[] = [];
    let position: Query = {};
    for (;;) {
      const call: Call = { method: 'GET', path, query: { ...query, ...position } };
      const answer = await this.#send(call);
      const { items, more_items_remaining, continuation_token } = this.#read(
        call,
        page,
        answer.text,
      );
      found.push(...this.#readItems(call, schema, items));
      if (!more_items_remaining) return found;
      if (items.length === 0)
        throw this.#malformed(call, 'more_items_remaining', 'true on an empty page');
      // A sorted listing has no continuation token.
      position = continuation_token ? { continuation_token } : { offset: String(found.length) };
    }
  }

  async logOut(): Promise<void> {
    const token = await this.#login?.catch(() => undefined);
    this.#login = undefined;
    if (token === undefined || this.#minor === undefined) return;
    try {
      await this.#transport.send({
        method: 'POST',
        target: `/api/2.${await this.#minor}/logout`,
        headers: { 'x-auth-token': token },
      });
    } catch {
      // The session expires by itself; a run must not fail because of it.
    }
  }

  async #findMinor(): Promise<number> {
    const path = '/api/api_version';
    const answer = await this.#transport.send({ method: 'GET', target: path, headers: {} });
    const call: Call = { method: 'GET', path };
    if (answer.status !== 200) throw this.#refused(call, answer);
    const { version } = this.#read(call, apiVersions, answer.text);
    return chooseMinor(version, this.#pin, this.host);
  }

  /** @throws as `refusal`; ArrayLoginRefused when a fresh login does not help either */
  async #send(call: Call): Promise<HttpAnswer> {
    const login = this.#loggedIn();
    let answer = await this.#sendOnce(call, await login);
    if (answer.status === 401) {
      // Whoever is first to notice forgets the session; the others find the new login under way.
      if (this.#login === login) this.#login = undefined;
      answer = await this.#sendOnce(call, await this.#loggedIn());
    }
    if (answer.status !== 200) throw this.#refused(call, answer);
    return answer;
  }

  async #sendOnce({ method, path, query, body }: Call, token: string): Promise<HttpAnswer> {
    const target = `/api/2.${await this.minor()}${path}${encodeQuery(query ?? {})}`;
    const headers = { 'x-auth-token': token, accept: 'application/json' };
    if (body === undefined) return this.#transport.send({ method, target, headers });
    return this.#transport.send({
      method,
      target,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  #loggedIn(): Promise<string> {
    this.#login ??= this.#logIn().catch((error: unknown) => {
      this.#login = undefined;
      throw error;
    });
    return this.#login;
  }

  /** Never repeated with the same token: an array locks the account after some refused logins. */
  async #logIn(): Promise<string> {
    const call: Call = { method: 'POST', path: '/login' };
    const apiToken = await this.#tokens.current();
    let answer = await this.#offer(apiToken);
    if (answer.status === 401) {
      const renewed = await this.#tokens.renewed();
      if (renewed !== apiToken) answer = await this.#offer(renewed);
    }
    if (answer.status !== 200) throw this.#refused(call, answer);
    const token = answer.headers['x-auth-token'];
    if (typeof token === 'string' && token !== '') return token;
    throw this.#malformed(call, 'x-auth-token', 'no such header');
  }

  async #offer(apiToken: string): Promise<HttpAnswer> {
    return this.#transport.send({
      method: 'POST',
      target: `/api/2.${await this.minor()}/login`,
      headers: { 'api-token': apiToken },
    });
  }

  #refused(call: Call, { status, text }: HttpAnswer): RefreshError {
    return refusal({ host: this.host, call: describe(call), status, text });
  }

  #read<T extends z.ZodType>(call: Call, schema: T, text: string): z.output<T> {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      throw this.#malformed(call, 'the body', 'not JSON');
    }
    const parsed = schema.safeParse(document);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw this.#malformed(call, issue?.path.join('.') ?? '', issue?.message ?? '');
  }

  #readItems<T extends z.ZodType>(call: Call, schema: T, items: readonly unknown[]): z.output<T>[] {
    return items.map((item, index) => {
      const parsed = schema.safeParse(item);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      const field = ['items', index, ...(issue?.path ?? [])].join('.');
      throw this.#malformed(call, field, issue?.message ?? '');
    });
  }

  #malformed(call: Call, field: string, problem: string): RefreshError {
    return new RefreshError(
      'ArrayProtocolError',
      `The answer of array ${this.host} to ${describe(call)} is not what its API promises: ${field}: ${problem}.`,
      'Check that the host is a FlashArray and that nothing in between rewrites its answers.',
    );
  }
}

const forGood = (apiToken: string): TokenSource => ({
  current: async () => apiToken,
  renewed: async () => apiToken,
});

const describe = ({ method, path }: Call): string => `${method} ${path}`;
