import {
  type KnownVersion,
  Session,
  type TokenSource,
} from '../../../../lambda/flasharray/session.ts';
import type { SentCall } from '../../../../lambda/flasharray/transport.ts';
import type { Clock } from '../../../../lambda/steps/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';

export const API_TOKEN = 'c4n4ry-4d2f-9b1e';

export interface SessionOptions {
  readonly apiToken?: string;
  readonly pin?: string | null;
  readonly clock?: Clock;
  readonly tokens?: TokenSource;
  readonly note?: (call: SentCall) => void;
  readonly known?: KnownVersion;
}

/** A session with a server that trusts its certificate authority. */
export const sessionWith = (
  { host, ca }: { readonly host: string; readonly ca: string | null },
  {
    apiToken = API_TOKEN,
    pin = null,
    clock = new ManualClock(),
    tokens,
    note,
    known,
  }: SessionOptions = {},
): Session => new Session({ host, apiToken, ca }, pin, clock, tokens, note, known);
