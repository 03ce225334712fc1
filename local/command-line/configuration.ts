import { readFile } from 'node:fs/promises';
import { databaseSecretSchema, readDatabaseCredentials } from '../../lambda/oracle/credentials.ts';
import { type CredentialsEnvironment, readCredentials } from '../../lambda/refresh/credentials.ts';
import { type Definition, readDefinition } from '../../lambda/refresh/definition.ts';
import { type HookRights, type Hooks, programsOf } from '../../lambda/refresh/hooks.ts';
import { isRecord, parseJson, withoutComments } from '../../lambda/refresh/parsing.ts';
import type { DatabaseAccess } from '../deployment.ts';
import { ManagedHosts } from '../hosts/managed-hosts.ts';
import { missingPrograms } from '../hosts/missing-programs.ts';
import { isRefresh, type Options, UsageError } from './options.ts';

/** What a run on this machine is made of: the parts into which the script's one file splits. */
export interface Configuration {
  /** Goes into the bucket. */
  readonly definition: Definition;
  /** Goes into the secret. */
  readonly secret: Readonly<Record<string, unknown>>;
  /** The source database, with a secret of its own; without it that is let be. */
  readonly database?: DatabaseAccess | undefined;
  /** What hooks may call, and where that runs. */
  readonly hooks: HookAccess;
  /** Variables that stand in for what the secret lacks. */
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** What hooks may call, and where that runs. */
export interface HookAccess {
  readonly rights: HookRights;
  readonly hosts: ManagedHosts;
}

/** Processes of this machine, and nothing else. Their programs are looked up here: the functions know no machine. */
export const localHooks = async (
  hooks: Hooks,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<HookAccess> => ({
  rights: {
    documents: [],
    functions: [],
    commands: true,
    missing: await missingPrograms(programsOf(hooks), environment['PATH']),
  },
  hosts: new ManagedHosts({ environment, now: Date.now }),
});

/** Keys of the file that belong to the arrays' secret, by every name that the script has for them. */
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

/** Those that belong to the database's. */
const DATABASE_KEYS: readonly string[] = Object.keys(databaseSecretSchema.shape);

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
  const { secret, database, definition } = split(document, what);
  const standIns = pickDefined({
    FA_HOST: environment.FA_HOST,
    API_TOKEN: environment.API_TOKEN,
    FA_HOST_TGT: environment.FA_HOST_TGT,
    API_TOKEN_TGT: environment.API_TOKEN_TGT,
  });
  readCredentials('src', secret, standIns, what);
  if (database) readDatabaseCredentials(database, what);
  // Who names the database wants to know of which instant of it a copy is.
  const facts = database ? { ora_facts: true } : {};
  const { execute, ...rest } = readDefinition(
    { ...facts, ...withOptions(definition, options) },
    `${what}${namesIn(options)}`,
  );
  if (rest.replicate) readCredentials('tgt', secret, standIns, what);
  if (!database && isRefresh(options)) refuseDatabase(rest, options, what);
  return {
    definition: { ...rest, execute: options.execute },
    secret,
    database: database && { secret: database },
    hooks: await localHooks(rest.hooks, { ...environment }),
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
  const { source, target, snapshotName, replicate, ignoreMatch, backupMode } = options;
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
    ...(backupMode ? { ora_backup_mode: true } : {}),
  };
};

/** Which names options give: what is wrong with these is not the file's fault. */
const namesIn = ({ source, target, snapshotName }: Options): string => {
  const given = pickDefined({
    'source_protection_group from -s': source,
    'target_protection_group from -t': target,
    'snapshot_name from -n': snapshotName,
  });
  const names = Object.keys(given);
  return names.length > 0 ? ` (${names.join(', ')})` : '';
};

const requireGroup = (definition: Readonly<Record<string, unknown>>, options: Options): void => {
  const isIn = (...keys: readonly string[]) => keys.some((key) => definition[key] !== undefined);
  const hasTarget =
    options.target !== undefined || isIn('target_protection_group', 'tgt_protection_group');
  const hasSource =
    options.source !== undefined || isIn('source_protection_group', 'src_protection_group');
  if (options.undo) {
    if (hasTarget) return;
    throw new UsageError(
      'Which protection group shall be put back? Name it with -t, or as target_protection_group in the file.',
    );
  }
  if (options.recover !== undefined) {
    if (hasTarget || hasSource) return;
    throw new UsageError(
      'On which protection group was the run? Name it with -t or, where the run only took a snapshot, with -s; or as target_protection_group or source_protection_group in the file.',
    );
  }
  if (hasSource) return;
  throw new UsageError(
    'Which protection group shall be copied? Name it with -s, or as source_protection_group in the file.',
  );
};

/** @throws UsageError where something is wanted of a database that nobody has named */
const refuseDatabase = (
  { ora_backup_mode, ora_facts }: Pick<Definition, 'ora_backup_mode' | 'ora_facts'>,
  { backupMode }: Options,
  what: string,
): void => {
  const wanted = [
    ...(backupMode ? ['-b'] : ora_backup_mode ? ['ora_backup_mode'] : []),
    ...(ora_facts ? ['ora_facts'] : []),
  ].join(' and ');
  if (wanted === '') return;
  throw new UsageError(
    `For ${wanted} the source database must be known, but the ${what} gives no ora_src_usr, ora_src_pwd and ora_src_cs. ` +
      `Add the user, the password and host:port/service there, or leave ${wanted} out.`,
  );
};

const split = (document: Readonly<Record<string, unknown>>, what: string) => {
  const secret: Record<string, unknown> = {};
  const database: Record<string, unknown> = {};
  const definition: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    const name = SECRET_KEYS[key];
    const isDatabase = DATABASE_KEYS.includes(key);
    if (name === undefined && !isDatabase) definition[key] = value;
    // The script's sample leaves a key empty where the environment shall speak, and where there is no database.
    else if (value === '' || value === null) continue;
    else if (name === undefined) database[key] = value;
    else if (Object.hasOwn(secret, name) && secret[name] !== value) {
      throw new UsageError(
        `The ${what} gives ${name} twice, in two spellings and with two values.`,
      );
    } else secret[name] = value;
  }
  return {
    secret,
    database: Object.keys(database).length > 0 ? database : undefined,
    definition,
  };
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
