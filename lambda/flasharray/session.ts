import type * as z from 'zod';
import type { ArrayCredentials } from '../refresh/credentials.ts';
import { RefreshError } from '../refresh/errors.ts';
import type { Clock } from '../steps/ports.ts';
import { refusal } from './error-map.ts';
import { encodeQuery, type Query } from './query.ts';
import { apiVersions, page } from './schemas.ts';
import { type HttpAnswer, type HttpCall, type SentCall, Transport } from './transport.ts';
import { chooseMinor } from './version.ts';

export interface Call {
  readonly method: HttpCall['method'];
  /** Below `/api/2.N`, such as `/volumes`. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
}

/** The API token to log in with: the one of the moment, and, where the array no longer accepts it, as it is by now. */
export interface TokenSource {
  current(): Promise<string>;
  renewed(): Promise<string>;
}

/** What outlasts a session: an array goes on to speak the versions that it has spoken. */
export interface KnownVersion {
  /** N of 2.N; undefined until an array has told. */
  minor: number | undefined;
}

/** A session's token, and the API token with which it was to be had. */
interface Accepted {
  readonly apiToken: string;
  readonly token: string;
}

/** A login under way, or done. */
class Login {
  /** API token with which it is, or was, to be had. */
  apiToken: string;
  readonly session: Promise<string>;

  constructor(apiToken: string, logIn: (apiToken: string) => Promise<Accepted>) {
    this.apiToken = apiToken;
    this.session = logIn(apiToken).then((accepted) => {
      this.apiToken = accepted.apiToken;
      return accepted.token;
    });
  }
}

const LOGIN = { method: 'POST', path: '/login' } as const;

/**
 * A login session with one array: finds the version and logs in at the first call, shares that one login between calls
 * in parallel, and logs in anew once when the array no longer knows the session, or when the token is another. A token
 * that was refused is not offered again: an array locks the account after some refused logins.
 */
export class Session {
  readonly #transport: Transport;
  readonly #tokens: TokenSource;
  readonly #pin: string | null;
  readonly #known: KnownVersion;
  #minor: Promise<number> | undefined;
  #login: Login | undefined;
  /** What the array has answered to the token that it has refused last. */
  #refusal: { readonly apiToken: string; readonly answer: HttpAnswer } | undefined;

  /**
   * @param tokens without them, the token of the credentials, for good
   * @param note hears of each call that was sent to the array, when it is over
   * @param known of an earlier session with these very credentials and pin
   */
  constructor(
    credentials: ArrayCredentials,
    pin: string | null,
    clock: Clock,
    tokens: TokenSource = forGood(credentials.apiToken),
    note?: (call: SentCall) => void,
    known: KnownVersion = { minor: undefined },
  ) {
    this.#transport = new Transport(credentials, clock, note);
    this.#tokens = tokens;
    this.#pin = pin;
    this.#known = known;
  }

  get host(): string {
    return this.#transport.host;
  }

  get requestCount(): number {
    return this.#transport.sent;
  }

  get certificate(): { validTo: Date } | null {
    return this.#transport.certificate;
  }

  /** N of the version 2.N in use. */
  minor(): Promise<number> {
    const { minor } = this.#known;
    if (minor !== undefined) return Promise.resolve(minor);
    this.#minor ??= this.#findMinor().finally(() => {
      this.#minor = undefined;
    });
    return this.#minor;
  }

  /** Begins anew, as at the first call: what was known of the array may no longer be so. @returns N of the version 2.N */
  async greet(): Promise<number> {
    await this.logOut();
    this.#known.minor = undefined;
    return this.minor();
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

  /** For what answers with items that nobody needs: that they come is enough. */
  async accepted(call: Call): Promise<void> {
    const answer = await this.#send(call);
    this.#read(call, page, answer.text);
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
    const login = this.#login;
    this.#login = undefined;
    if (login) await this.#end(login);
  }

  async #end({ session }: Login): Promise<void> {
    const token = await session.catch(() => undefined);
    const { minor } = this.#known;
    if (token === undefined || minor === undefined) return;
    try {
      await this.#transport.send({
        method: 'POST',
        target: `/api/2.${minor}/logout`,
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
    const minor = chooseMinor(version, this.#pin, this.host);
    this.#known.minor = minor;
    return minor;
  }

  /** @throws as `refusal`; ArrayLoginRefused when a fresh login does not help either */
  async #send(call: Call): Promise<HttpAnswer> {
    const login = this.#loggedIn(await this.#tokens.current());
    let answer = await this.#sendOnce(call, await login.session);
    if (answer.status === 401) {
      // Whoever is first to notice forgets the session; the others find the new login under way.
      if (this.#login === login) this.#login = undefined;
      const next = this.#login ?? this.#loggedIn(await this.#tokens.renewed());
      answer = await this.#sendOnce(call, await next.session);
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

  /** The login with this token; one with another is ended. */
  #loggedIn(apiToken: string): Login {
    const former = this.#login;
    if (former?.apiToken === apiToken) return former;
    if (former) void this.#end(former);
    const login = new Login(apiToken, (token) => this.#logIn(token));
    this.#login = login;
    login.session.catch(() => {
      if (this.#login === login) this.#login = undefined;
    });
    return login;
  }

  /** @returns the session's token, and the API token with which it was to be had */
  async #logIn(apiToken: string): Promise<Accepted> {
    let accepted = apiToken;
    const presumed = this.#known.minor;
    let answer = await this.#offer(apiToken);
    if (presumed !== undefined && answer.status !== 200) {
      // It may be another array by now, or one that was set back to an earlier Purity: then that was no answer to the token.
      this.#known.minor = undefined;
      if ((await this.minor()) !== presumed) {
        this.#refusal = undefined;
        answer = await this.#offer(apiToken);
      }
    }
    if (answer.status === 401 || answer.status === 403) {
      accepted = await this.#tokens.renewed();
      answer = await this.#offer(accepted);
    }
    if (answer.status !== 200) throw this.#refused(LOGIN, answer);
    const token = answer.headers['x-auth-token'];
    if (typeof token === 'string' && token !== '') return { apiToken: accepted, token };
    throw this.#malformed(LOGIN, 'x-auth-token', 'no such header');
  }

  /** Asks the array, unless it has refused this very token before. */
  async #offer(apiToken: string): Promise<HttpAnswer> {
    if (this.#refusal?.apiToken === apiToken) return this.#refusal.answer;
    const answer = await this.#transport.send({
      method: LOGIN.method,
      target: `/api/2.${await this.minor()}${LOGIN.path}`,
      headers: { 'api-token': apiToken },
    });
    if (answer.status === 401 || answer.status === 403) this.#refusal = { apiToken, answer };
    return answer;
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
