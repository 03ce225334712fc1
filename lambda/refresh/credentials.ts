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
  src_flash_array_host: host.describe(
    'Host name or address of the source array, optionally with `:port`',
  ),
  src_flash_array_api_token: token.describe('API token of a user of that array'),
  src_flash_array_ca: pem.describe(
    'PEM of the certificate authority of that array; without it the system’s roots apply',
  ),
  tgt_flash_array_host: host.describe(
    'Host name or address of the second array, optionally with `:port`; only for `replicate`',
  ),
  tgt_flash_array_api_token: token.describe('API token of a user of that array'),
  tgt_flash_array_ca: pem.describe(
    'PEM of the certificate authority of that array; without it the system’s roots apply',
  ),
});

/** The environment variables that stand in for what the secret lacks: the script's own. */
export interface CredentialsEnvironment {
  readonly FA_HOST?: string | undefined;
  readonly API_TOKEN?: string | undefined;
  readonly FA_HOST_TGT?: string | undefined;
  readonly API_TOKEN_TGT?: string | undefined;
}

/** The two arrays by their prefix in the secret, with the variables that stand in for each. */
const sides = {
  src: { host: 'FA_HOST', token: 'API_TOKEN' },
  tgt: { host: 'FA_HOST_TGT', token: 'API_TOKEN_TGT' },
} as const;
export type Side = keyof typeof sides;

/**
 * The credentials of one array: from the secret, and what is missing there from the environment. Those of the other
 * array are not looked at.
 * @param what where `secret` comes from, for errors
 * @throws InvalidCredentials, never with a value in it
 */
export const readCredentials = (
  side: Side,
  secret: unknown,
  environment: CredentialsEnvironment,
  what: string,
): ArrayCredentials => {
  const variables = sides[side];
  const document = withoutComments(secret);
  const parsed = parseInput(
    secretSchema,
    isRecord(document) ? only(side, document, environment) : document,
    {
      error: 'InvalidCredentials',
      what,
      remedy: `Correct it, or ${variables.host} and ${variables.token} in the environment. docs/reference.md lists every key.`,
    },
  );
  const host = parsed[`${side}_flash_array_host`];
  const apiToken = parsed[`${side}_flash_array_api_token`];
  if (host !== undefined && apiToken !== undefined) {
    return { host, apiToken, ca: parsed[`${side}_flash_array_ca`] ?? null };
  }
  const missing = [
    ...(host === undefined ? [`${side}_flash_array_host`] : []),
    ...(apiToken === undefined ? [`${side}_flash_array_api_token`] : []),
  ];
  throw new RefreshError(
    'InvalidCredentials',
    `The ${what} has no ${missing.join(' and no ')}.`,
    `Put it there, or set the environment variables ${variables.host} and ${variables.token}.`,
  );
};

/** The secret without the other array's values, and with the environment's where it lacks some: all held to one rule. */
const only = (
  side: Side,
  secret: Readonly<Record<string, unknown>>,
  environment: CredentialsEnvironment,
): Record<string, unknown> => {
  const [host, token] = [environment[sides[side].host], environment[sides[side].token]];
  const other = side === 'src' ? 'tgt_' : 'src_';
  const isOther = (key: string) => key.startsWith(other) && Object.hasOwn(secretSchema.shape, key);
  return {
    ...(host ? { [`${side}_flash_array_host`]: host } : {}),
    ...(token ? { [`${side}_flash_array_api_token`]: token } : {}),
    ...Object.fromEntries(Object.entries(secret).filter(([key]) => !isOther(key))),
  };
};
