import { join, resolve } from 'node:path';
import { type Manifest, manifestSchema } from '../../lambda/refresh/manifest.ts';
import { runSchema } from '../../lambda/refresh/run.ts';
import { findAssembly } from '../assembly.ts';
import type { LocalBucket } from '../aws/bucket.ts';
import { deployLocally } from '../deployment.ts';
import type { ExecutionResult } from '../flow.ts';
import { readStack } from '../template.ts';
import { type OpenBackup, openBackup } from './backup-alarm.ts';
import type { Configuration } from './configuration.ts';
import { openFunctionLog } from './function-log.ts';
import { type Interruption, WRITING } from './interruption.ts';
import type { Options } from './options.ts';
import type { Progress } from './progress.ts';
import { Records } from './records.ts';

export interface RunContext {
  readonly options: Options;
  readonly configuration: Configuration;
  readonly progress: Progress;
  readonly interruption: Interruption;
}

/** How a run on this machine ended. */
export interface Ended {
  readonly result: ExecutionResult;
  /** Whether a state that writes to the target was entered. */
  readonly overwriteBegun: boolean;
  /** The source database, where it may still be in backup mode. */
  readonly inBackupMode: OpenBackup | undefined;
  /** Whether the run puts the source database into backup mode, or would. */
  readonly backsUp: boolean;
  /** Undefined when not even the failure could be recorded. */
  readonly manifest: Manifest | undefined;
  /** The manifest's file; undefined where it could not be written. */
  readonly path: string | undefined;
  /** What of all this could not be written on this machine. */
  readonly losses: readonly string[];
}

/**
 * Runs one refresh: the synthesized state machine on the bundled handlers, started by the start function.
 * @throws FunctionError when the start function refuses
 */
export const runRefresh = async (context: RunContext): Promise<Ended> => {
  const { options, configuration, progress, interruption } = context;
  const warn = (text: string) => progress.warn(text);
  const assembly = await findAssembly(() =>
    progress.say('Synthesizing the stack; its assembly is kept for the next time …'),
  );
  const log = openFunctionLog(join(options.dataDir, 'functions.log'), warn);
  const deployment = await deployLocally({
    stack: await readStack(assembly),
    secret: configuration.secret,
    database: configuration.database,
    hosts: configuration.hooks.hosts,
    hookRights: configuration.hooks.rights,
    // A hook finds the manifest where a person does.
    environment: { ...configuration.environment, OBJECTS_AT: resolve(options.dataDir) },
    retryScale: options.retryScale,
    beforeTask: (state, run) => interruption.beforeStep(state, run, records.obstacle),
    wait: interruption.wait,
    afterTask: () => records.keep(),
    onEvent: (event) => progress.show(event),
    onLog: log.write,
  });
  const records = new Records(deployment.bucket, options, warn);
  try {
    const refresh = refreshNameFor(configuration.definition);
    const definition = JSON.stringify(configuration.definition);
    await deployment.bucket.write(`refreshes/${refresh}.json`, definition, 'application/json');
    await records.recall(refresh);
    const execution = await deployment.start({ ...eventFor(options), refresh }, invocationId());
    const result = await execution.result;
    const overwriteBegun = execution.history.some(
      (event) => event.type === 'StateEntered' && WRITING.includes(event.state.name),
    );
    const run = runSchema.safeParse(result.run).data;
    const manifest = await findManifest(deployment.bucket, run?.manifest);
    if (run?.manifest) await records.writeOutput(run.manifest);
    return {
      result,
      overwriteBegun,
      inBackupMode: openBackup(run),
      backsUp: run?.backs_up ?? false,
      manifest,
      path: run?.manifest && records.isKept ? join(options.dataDir, run.manifest) : undefined,
      losses: records.losses,
    };
  } finally {
    await deployment.stop();
    await log.close();
  }
};

const eventFor = ({ undo, recover, expectPlan, doctor }: Options) => ({
  trigger: 'cli',
  ...(undo && { undo }),
  ...(doctor && { doctor }),
  ...(recover !== undefined && { recover }),
  ...(expectPlan !== undefined && { expect_plan: expectPlan }),
});

const findManifest = async (
  bucket: LocalBucket,
  key: string | undefined,
): Promise<Manifest | undefined> => {
  const text = key === undefined ? undefined : await bucket.read(key);
  return text === undefined ? undefined : manifestSchema.parse(JSON.parse(text));
};

/** The name under which the run's manifests are kept: that of the group that it is about. */
const refreshNameFor = (definition: Configuration['definition']): string =>
  (definition.target_protection_group ?? definition.source_protection_group ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/-+$/, '');

/** Makes the name of the run unique, and tells when it was. */
const invocationId = (): string => {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${crypto.randomUUID().slice(0, 8)}`;
};
