import * as z from 'zod';
import { RefreshError } from './errors.ts';
import { parseInput, withoutComments } from './parsing.ts';

/** Where an array is and how to log in. */
export interface ArrayCredentials {
  /** Host name or address, optionally with `:port`. */
  readonly host: string;
  readonly apiToken: string;
  /** PEM of the certificate authority; null for the system's roots. */
  readonly ca: string | null;
}

const text = z.string().trim().min(1).optional();
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
  src_flash_array_api_token: text,
  src_flash_array_ca: pem,
  tgt_flash_array_host: host,
  tgt_flash_array_api_token: text,
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
  const parsed = parseInput(secretSchema, withoutComments(secret), {
    error: 'InvalidCredentials',
    what,
    remedy: 'Correct it. The README lists every key.',
  });
  const found = {
    src_flash_array_host: parsed.src_flash_array_host ?? environment.FA_HOST,
    src_flash_array_api_token: parsed.src_flash_array_api_token ?? environment.API_TOKEN,
  };
  const { src_flash_array_host: host, src_flash_array_api_token: apiToken } = found;
  if (host && apiToken) return { host, apiToken, ca: parsed.src_flash_array_ca ?? null };
  const missing = Object.entries(found).filter(([, value]) => !value);
  throw new RefreshError(
    'InvalidCredentials',
    `The ${what} has no ${missing.map(([key]) => key).join(' and no ')}.`,
    'Put it there, or set the environment variables FA_HOST and API_TOKEN.',
  );
};
