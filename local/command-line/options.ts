import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { planHashSchema } from '../../lambda/refresh/request.ts';

/** A mistake on the command line or in the configuration file: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Options {
  readonly source: string | undefined;
  readonly target: string | undefined;
  readonly snapshotName: string | undefined;
  readonly configFile: string | undefined;
  readonly outputFile: string | undefined;
  readonly dataDir: string;
  readonly replicate: boolean;
  readonly ignoreMatch: boolean;
  /** Put the source database into backup mode for the snapshot. */
  readonly backupMode: boolean;
  readonly execute: boolean;
  /** Hash of the plan that is to be executed, and no other. */
  readonly expectPlan: string | undefined;
  /** Put back what the target held before its last refresh. */
  readonly undo: boolean;
  /** The run to clear up after. */
  readonly recover: string | undefined;
  /** Check what the refresh depends on, and nothing else. */
  readonly doctor: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** Which worked example to run. */
  readonly demo: 'local' | 'replication' | 'hooks';
  /** Factor on the state machine's pauses before it retries. */
  readonly retryScale: number;
}

export const USAGE = `Usage: npm start -- [options]

Without -s, -t, -n and -f: the worked example on a simulated array, executed.

  -s, --source-protection-group PG  protection group that is copied
  -t, --target-protection-group PG  protection group that is overwritten; without it only the snapshot is taken
  -n, --snapshot-name NAME          suffix of the snapshot; used if it exists, else made
  -f, --config-file FILE            JSON with the array's host and API token, and any key of a definition;
                                    without it the array is a simulated one
  -r, --replicate                   send the snapshot to the second array, and overwrite the target group there
  -o, --output-file FILE            write the names of the snapshot volumes there, one a line
  -i, --ignore-match                pair by size alone, ignoring the tags of earlier runs
  -b, --backup-mode                 put the source database into Oracle backup mode while the snapshot is taken;
                                    the file of -f names the database: ora_src_usr, ora_src_pwd, ora_src_cs
  -x, --execute                     do it; without it the plan is shown and nothing is changed
      --expect-plan HASH            execute that plan, as a dry run has shown it, and no other
      --undo                        put the group of -t back to what it held before its last refresh
      --recover RUN                 clear up after a run that ended in the middle, on the group of -t; or, where that
                                    only took a snapshot, of -s
      --doctor                      check whatever the refresh depends on: arrays, certificates, token, groups, sizes,
                                    replication, space and more; nothing is written to an array
      --demo replication            the worked example with two arrays
      --demo hooks                  the worked example with a database on the target, which is stopped and started
      --json                        print the manifest and nothing else
      --data-dir DIR                where plans and manifests are kept
                                    (default: $XDG_STATE_HOME/flasharray-refresh)
  -h, --help                        show this

Exit codes: 0 succeeded, planned or checked; 1 refused, failed or a check did, the target is whole, or what there is to keep
could not be written here; 2 bad options or configuration; 3 the target may be mixed; 4 the source database may still be in
backup mode, whatever else.`;

const flags = {
  'source-protection-group': { type: 'string', short: 's' },
  'target-protection-group': { type: 'string', short: 't' },
  'snapshot-name': { type: 'string', short: 'n' },
  'config-file': { type: 'string', short: 'f' },
  'output-file': { type: 'string', short: 'o' },
  'data-dir': { type: 'string' },
  replicate: { type: 'boolean', short: 'r' },
  'ignore-match': { type: 'boolean', short: 'i' },
  'backup-mode': { type: 'boolean', short: 'b' },
  execute: { type: 'boolean', short: 'x' },
  'expect-plan': { type: 'string' },
  undo: { type: 'boolean' },
  recover: { type: 'string' },
  doctor: { type: 'boolean' },
  demo: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError */
export const readOptions = (args: readonly string[], environment: Environment): Options => {
  const { values } = parse(args.map(unifySpelling));
  const { undo = false, recover, doctor = false } = values;
  if (undo && recover !== undefined) {
    throw new UsageError('--undo and --recover do not go together. Recover first, then undo.');
  }
  const useless = [
    ...(values['snapshot-name'] === undefined ? [] : ['-n']),
    ...(values['backup-mode'] ? ['-b'] : []),
  ];
  if ((undo || recover !== undefined) && useless.length > 0) {
    throw new UsageError(
      `--undo and --recover take no snapshot, so ${useless.join(' and ')} cannot go with them. Leave it out.`,
    );
  }
  if (doctor) refuseDeeds(values);
  return {
    undo,
    recover,
    doctor,
    expectPlan: readPlanHash(values['expect-plan']),
    source: values['source-protection-group'],
    target: values['target-protection-group'],
    snapshotName: values['snapshot-name'],
    configFile: values['config-file'],
    outputFile: values['output-file'],
    dataDir: values['data-dir'] ?? defaultDataDir(environment),
    replicate: values.replicate ?? false,
    ignoreMatch: values['ignore-match'] ?? false,
    backupMode: values['backup-mode'] ?? false,
    execute: values.execute ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
    demo: readDemo(values.demo),
    retryScale: readScale(environment['REFRESH_RETRY_SCALE'] ?? '0.1'),
  };
};

/** @throws UsageError where something is to be done besides checking */
const refuseDeeds = (values: ReturnType<typeof parse>['values']): void => {
  const deeds = [
    ...(values.execute ? ['-x'] : []),
    ...(values.undo ? ['--undo'] : []),
    ...(values.recover === undefined ? [] : ['--recover']),
    ...(values['expect-plan'] === undefined ? [] : ['--expect-plan']),
  ];
  if (deeds.length === 0) return;
  throw new UsageError(
    `--doctor only looks, so ${deeds.join(' and ')} cannot go with it. Leave it out, or --doctor.`,
  );
};

/** What stays the same when it is cleared up after a run. */
const KEPT = [
  'source-protection-group',
  'target-protection-group',
  'config-file',
  'data-dir',
  'replicate',
] as const satisfies readonly (keyof typeof flags)[];

/**
 * The arguments that clear up after a run.
 * @param args those of that run
 * @throws UsageError
 */
export const recoveringArguments = (args: readonly string[], run: string): string[] => {
  const { values } = parse(args.map(unifySpelling));
  const kept = KEPT.flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [`--${name}`, value] : [`--${name}`];
  });
  return ['--recover', run, ...kept, '-x'];
};

/** Whether the command line asks for the worked example. */
export const isDemo = (options: Options): boolean =>
  isRefresh(options) &&
  [options.source, options.target, options.snapshotName, options.configFile].every(
    (value) => value === undefined,
  );

/** Whether it is a refresh that is asked for, and not to undo one or to clear up after one. */
export const isRefresh = ({ undo, recover }: Options): boolean => !undo && recover === undefined;

const readPlanHash = (text: string | undefined): string | undefined => {
  if (text === undefined || planHashSchema.safeParse(text).success) return text;
  throw new UsageError(
    `--expect-plan is "${text}"; it must be the hash that a dry run has shown: "sha256:" and 64 hexadecimal digits.`,
  );
};

const readDemo = (text: string | undefined): Options['demo'] => {
  if (text === undefined) return 'local';
  if (text === 'replication' || text === 'hooks') return text;
  throw new UsageError(
    `There is no worked example "${text}". Use --demo replication or --demo hooks.`,
  );
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: flags });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** The Python script writes its long options with underscores, and its lock in full. */
const unifySpelling = (argument: string): string => {
  if (!argument.startsWith('--')) return argument;
  const [name = '', ...value] = argument.split('=');
  const ours = name === '--execute_lock' ? '--execute' : name.replaceAll('_', '-');
  return [ours, ...value].join('=');
};

const defaultDataDir = (environment: Environment): string =>
  join(environment['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'flasharray-refresh');

const readScale = (text: string): number => {
  const scale = Number(text);
  if (text.trim() !== '' && Number.isFinite(scale) && scale >= 0) return scale;
  throw new UsageError(
    `REFRESH_RETRY_SCALE is "${text}"; it must be a number of at least 0, such as 0.1.`,
  );
};
