import type { SecretCache } from '../aws/secret-cache.ts';
import { systemClock } from '../aws/system-clock.ts';
import { RestFlashArray } from '../flasharray/flash-array.ts';
import { type KnownVersion, Session } from '../flasharray/session.ts';
import type { SentCall } from '../flasharray/transport.ts';
import {
  type ArrayCredentials,
  type CredentialsEnvironment,
  readCredentials,
  type Side,
} from '../refresh/credentials.ts';
import { RefreshError } from '../refresh/errors.ts';
import type { ArrayIdentity } from '../refresh/run.ts';
import type { FlashArray } from '../steps/ports.ts';

/** Where the credentials of a run's arrays are. */
export interface CredentialsSource {
  /** The secret. */
  readonly id: string;
  /** What stands in for what it lacks. */
  readonly environment: CredentialsEnvironment;
}

/** The arrays to which this execution environment is logged in. */
export class OpenArrays {
  readonly #secrets: SecretCache;
  readonly #note: ((call: SentCall) => void) | undefined;
  readonly #arrays = new Map<string, FlashArray>();
  /** A new run need not ask for it again. */
  readonly #versions = new Map<string, KnownVersion>();

  /** @param note hears of each call to one of them, when it is over */
  constructor(secrets: SecretCache, note?: (call: SentCall) => void) {
    this.#secrets = secrets;
    this.#note = note;
  }

  /** What was read, and refused, for earlier runs is nothing that a new one begins with. */
  forget(): void {
    this.#secrets.forget();
    this.#arrays.clear();
  }

  /**
   * Opens an array of a run.
   * @param known the array with which the run began, if it has
   * @throws InvalidCredentials, also where the secret names another array than that
   * @throws ArrayUnavailable where the secret cannot be read
   */
  async open(
    { id, environment }: CredentialsSource,
    side: Side,
    pin: string | null,
    known: ArrayIdentity | undefined,
  ): Promise<FlashArray> {
    const parse = (secret: unknown) => readCredentials(side, secret, environment, `secret "${id}"`);
    const credentials = parse(await this.#secrets.read(id).catch(unreadable));
    const key = JSON.stringify([id, side, addressOf(credentials), pin]);
    // What is meant for another address is not shown to this one.
    const tokenFrom = async (secret: Promise<unknown>): Promise<string> => {
      const now = parse(await secret.catch(unreadable));
      return addressOf(now) === addressOf(credentials) ? now.apiToken : credentials.apiToken;
    };
    const tokens = {
      current: () => tokenFrom(this.#secrets.read(id)),
      renewed: () => tokenFrom(this.#secrets.readAgain(id)),
    };
    const array =
      this.#arrays.get(key) ??
      new RestFlashArray(
        new Session(credentials, pin, systemClock, tokens, this.#note, this.#versionOf(key)),
      );
    this.#arrays.set(key, array);
    if (known && known.host !== array.host) await requireSame(array, known, id);
    return array;
  }

  #versionOf(key: string): KnownVersion {
    const known = this.#versions.get(key) ?? { minor: undefined };
    this.#versions.set(key, known);
    return known;
  }
}

/** Line ends of a certificate say nothing. */
const addressOf = ({ host, ca }: ArrayCredentials): string =>
  JSON.stringify([host, ca?.replace(/\s+/g, '') ?? null]);

/** Groups of the same names may be on another array: the run must not go on there. */
const requireSame = async (
  array: FlashArray,
  { name, host }: ArrayIdentity,
  id: string,
): Promise<void> => {
  const now = await array.identify();
  if (now.name === name) return;
  throw new RefreshError(
    'InvalidCredentials',
    `The secret "${id}" names array "${now.name}" at ${array.host} now, and this run began on "${name}" at ${host}.`,
    'Put the former host back into the secret until the run has come to its end, or run again.',
  );
};

/** By a name that the machine tries again at. What the secret's document is wrong in has one of its own. */
const unreadable = (error: unknown): never => {
  if (error instanceof RefreshError) throw error;
  throw new RefreshError(
    'ArrayUnavailable',
    `The secret with the credentials of the array could not be read (${error instanceof Error ? error.name : 'unknown failure'}).`,
    'Look at Secrets Manager, the function’s role and its way there; then run again.',
    { cause: error },
  );
};
