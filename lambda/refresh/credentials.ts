import * as z from 'zod';
import { RefreshError } from './errors.ts';
import { isRecord, parseInput, withoutComments } from './parsing.ts';

/** Where an array is and how to log in. */
export interface ArrayCredentials {
  /** Host name or address, optionally with `:port`. */
  readonly host: string;
  readonly apiToken: string;
  /** PEM of the certificate authority; null for the system's roots. */
  readonly ca: string | null;
}

const token = z
  .string()
  .trim()
  .regex(/^[!-~]+$/, 'expected an API token: printable characters without blanks')
  .optional();
const host = z
  .string()
  .trim()
  .regex(
    /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/,
    'expected a host name or address, without "https://"',
  )
  .optional();
const pem = z
  .string()
  .includes('-----BEGIN CERTIFICATE-----', { error: 'expected a certificate in PEM form' })
  .optional();

/** The secret: the Python script's own keys and one certificate authority for each array. */
export const secretSchema = z.strictObject({
  src_flash_array_host: host,
  src_flash_array_api_token: token,
  src_flash_array_ca: pem,
  tgt_flash_array_host: host,
  tgt_flash_array_api_token: token,
  tgt_flash_array_ca: pem,
});

/** The environment variables that stand in for what the secret lacks: the script's own. */
export interface CredentialsEnvironment {
  readonly FA_HOST?: string | undefined;
  readonly API_TOKEN?: string | undefined;
}

/**
 * The credentials of the source array: from the secret, and what is missing there from the environment.
 * @param what where `secret` comes from, for errors
 * @throws InvalidCredentials, never with a value in it
 */
export const readSourceCredentials = (
  secret: unknown,
  environment: CredentialsEnvironment,
  what: string,
): ArrayCredentials => {
  const document = withoutComments(secret);
  const {
    src_flash_array_host: host,
    src_flash_array_api_token: apiToken,
    src_flash_array_ca: ca = null,
  } = parseInput(secretSchema, isRecord(document) ? fill(document, environment) : document, {
    error: 'InvalidCredentials',
    what,
    remedy: 'Correct it, or FA_HOST and API_TOKEN in the environment. The README lists every key.',
  });
  if (host !== undefined && apiToken !== undefined) return { host, apiToken, ca };
  const missing = Object.entries({
    src_flash_array_host: host,
    src_flash_array_api_token: apiToken,
  }).filter(([, value]) => value === undefined);
  throw new RefreshError(
    'InvalidCredentials',
    `The ${what} has no ${missing.map(([key]) => key).join(' and no ')}.`,
    'Put it there, or set the environment variables FA_HOST and API_TOKEN.',
  );
};

/** What the secret lacks, from the environment; so both are held to the same rules. */
const fill = (
  secret: Readonly<Record<string, unknown>>,
  { FA_HOST, API_TOKEN }: CredentialsEnvironment,
): Record<string, unknown> => ({
  ...(FA_HOST ? { src_flash_array_host: FA_HOST } : {}),
  ...(API_TOKEN ? { src_flash_array_api_token: API_TOKEN } : {}),
  ...secret,
});
