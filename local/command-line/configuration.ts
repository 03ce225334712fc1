import { readFile } from 'node:fs/promises';
import { type CredentialsEnvironment, readCredentials } from '../../lambda/refresh/credentials.ts';
import { type Definition, readDefinition } from '../../lambda/refresh/definition.ts';
import { isRecord, parseJson, withoutComments } from '../../lambda/refresh/parsing.ts';
import { isRefresh, type Options, UsageError } from './options.ts';

/** What a run on this machine is made of: the two halves into which the script's one file splits. */
export interface Configuration {
  /** Goes into the bucket. */
  readonly definition: Definition;
  /** Goes into the secret. */
  readonly secret: Readonly<Record<string, unknown>>;
  /** Variables that stand in for what the secret lacks. */
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Keys of the file that belong to the secret, by every name that the script has for them. */
const SECRET_KEYS: Readonly<Record<string, string>> = {
  flash_array_host: 'src_flash_array_host',
  flash_array_api_token: 'src_flash_array_api_token',
  src_flash_array_host: 'src_flash_array_host',
  src_flash_array_api_token: 'src_flash_array_api_token',
  src_flash_array_ca: 'src_flash_array_ca',
  tgt_flash_array_host: 'tgt_flash_array_host',
  tgt_flash_array_api_token: 'tgt_flash_array_api_token',
  tgt_flash_array_ca: 'tgt_flash_array_ca',
};

/**
 * Reads the file of `-f` and lays the options over it.
 * @throws UsageError, InvalidDefinition, InvalidCredentials
 */
export const readConfiguration = async (
  file: string,
  options: Options,
  environment: CredentialsEnvironment,
): Promise<Configuration> => {
  const what = `configuration file "${file}"`;
  const document = withoutComments(
    parseJson(await readText(file), {
      error: 'InvalidDefinition',
      what,
      remedy: 'Correct the file; any JSON checker shows where it breaks off.',
    }),
  );
  if (!isRecord(document)) throw new UsageError(`The ${what} must hold a JSON object.`);
  const { secret, definition } = split(document, what);
  const standIns = pickDefined({
    FA_HOST: environment.FA_HOST,
    API_TOKEN: environment.API_TOKEN,
    FA_HOST_TGT: environment.FA_HOST_TGT,
    API_TOKEN_TGT: environment.API_TOKEN_TGT,
  });
  readCredentials('src', secret, standIns, what);
  const { execute, ...rest } = readDefinition(withOptions(definition, options), what);
  if (rest.replicate) readCredentials('tgt', secret, standIns, what);
  return {
    definition: { ...rest, execute: options.execute },
    secret,
    environment: standIns,
    warnings:
      execute && !options.execute
        ? ['The file says execute, but on the command line only -x executes: this is a dry run.']
        : [],
  };
};

/** What the options say takes the place of what the file says, in whichever spelling. */
export const withOptions = (
  definition: Readonly<Record<string, unknown>>,
  options: Options,
): Record<string, unknown> => {
  const { source, target, snapshotName, replicate, ignoreMatch } = options;
  requireGroup(definition, options);
  const given = pickDefined({
    source_protection_group: source,
    target_protection_group: target,
    snapshot_name: snapshotName,
  });
  const hidden = new Set([
    ...Object.keys(given),
    ...(source === undefined ? [] : ['src_protection_group']),
    ...(target === undefined ? [] : ['tgt_protection_group']),
  ]);
  const kept = Object.entries(definition).filter(([key]) => !hidden.has(key));
  return {
    ...Object.fromEntries(kept),
    ...given,
    ...(ignoreMatch ? { ignore_match: true } : {}),
    ...(replicate ? { replicate: true } : {}),
  };
};

const requireGroup = (definition: Readonly<Record<string, unknown>>, options: Options): void => {
  const isIn = (...keys: readonly string[]) => keys.some((key) => definition[key] !== undefined);
  if (!isRefresh(options)) {
    if (options.target ?? isIn('target_protection_group', 'tgt_protection_group')) return;
    throw new UsageError(
      'Which protection group shall be put back? Name it with -t, or as target_protection_group in the file.',
    );
  }
  if (options.source ?? isIn('source_protection_group', 'src_protection_group')) return;
  throw new UsageError(
    'Which protection group shall be copied? Name it with -s, or as source_protection_group in the file.',
  );
};

const split = (document: Readonly<Record<string, unknown>>, what: string) => {
  const secret: Record<string, unknown> = {};
  const definition: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    const name = SECRET_KEYS[key];
    if (name === undefined) definition[key] = value;
    // The script's sample leaves a key empty where the environment shall speak.
    else if (value === '' || value === null) continue;
    else if (Object.hasOwn(secret, name) && secret[name] !== value) {
      throw new UsageError(
        `The ${what} gives ${name} twice, in two spellings and with two values.`,
      );
    } else secret[name] = value;
  }
  return { secret, definition };
};

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new UsageError(
      `The configuration file "${file}" cannot be read (${reason}). Name a JSON file with -f.`,
    );
  }
};

const pickDefined = (
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const picked: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) if (value) picked[key] = value;
  return picked;
};
