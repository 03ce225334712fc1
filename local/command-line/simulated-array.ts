import { readDefinition } from '../../lambda/refresh/definition.ts';
import type { Manifest } from '../../lambda/refresh/manifest.ts';
import { sameName } from '../../lambda/refresh/naming.ts';
import { demoState, replicationDemoState } from '../array/demo.ts';
import { type StateReport, startSimulator } from '../array/simulator.ts';
import { hooks } from '../hosts/demo-hooks.ts';
import { type Configuration, localHooks, withOptions } from './configuration.ts';
import { isDemo, type Options } from './options.ts';
import { table } from './table.ts';

const SOURCE = 'gct-oradb-demo-prd01-pg';
const TARGET = 'gct-oradb-demo-dev01-pg';
const EXCLUDED = ['gct-oradb-demo-prd01-config-00', 'gct-oradb-demo-prd01-config-01'];

export interface SimulatedArray {
  readonly configuration: Configuration;
  /** The content of sources and targets, before and after, and what was done to the database. */
  compare(manifest: Manifest): string;
  stop(): Promise<void>;
}

/** An array with the worked example on it, a database beside it if one is asked for, and the configuration of a run on it. @throws UsageError, InvalidDefinition */
export const simulateArray = async (options: Options): Promise<SimulatedArray> => {
  const definition = definitionFor(options);
  const { replicate } = definition;
  const simulator = await startSimulator({ state: replicate ? replicationDemoState : demoState });
  // Few look at backup mode, so the others need not load it.
  const database = options.backupMode
    ? await (await import('./simulated-database.ts')).simulateDatabase()
    : undefined;
  // So too with a database that runs on the target.
  const standIn =
    options.demo === 'hooks'
      ? (await import('./stand-in.ts')).standInDatabase(simulator, TARGET)
      : undefined;
  const [source, target] = simulator.arrays;
  const before = fingerprints(simulator.state());
  return {
    configuration: {
      definition,
      secret: {
        src_flash_array_host: source?.host,
        src_flash_array_api_token: source?.api_token,
        src_flash_array_ca: source?.ca,
        ...(target && {
          tgt_flash_array_host: target.host,
          tgt_flash_array_api_token: target.api_token,
          tgt_flash_array_ca: target.ca,
        }),
      },
      database: database?.access,
      hooks: standIn?.hooks ?? (await localHooks(definition.hooks)),
      environment: {},
      warnings: [],
    },
    compare: (manifest) =>
      [
        compareContents(manifest, before, fingerprints(simulator.state())),
        ...(database ? [database.describe()] : []),
        ...(standIn ? [standIn.describe()] : []),
      ].join('\n\n'),
    stop: async () => {
      await Promise.all([simulator.stop(), database?.stop()]);
    },
  };
};

const definitionFor = (options: Options): Configuration['definition'] => {
  const demo = isDemo(options);
  const groups = demo ? { source_protection_group: SOURCE, target_protection_group: TARGET } : {};
  const usesExample = demo || sameName(options.source ?? '', SOURCE);
  const excluded = usesExample ? { excluded_volumes: EXCLUDED } : {};
  const replicate = options.replicate || options.demo === 'replication';
  return readDefinition(
    {
      ...withOptions(
        { ...groups, ...excluded, ...(options.demo === 'hooks' && { hooks }), replicate },
        options,
      ),
      execute: demo || options.execute,
    },
    'command line',
  );
};

type Fingerprints = ReadonlyMap<string, string>;

const fingerprints = (state: StateReport): Fingerprints =>
  new Map(
    state.arrays.flatMap(({ volumes }) =>
      volumes.map((volume) => [volume.name, volume.fingerprint]),
    ),
  );

const compareContents = (
  { pairs }: Manifest,
  before: Fingerprints,
  after: Fingerprints,
): string => {
  const rows = pairs.map(({ source, target }) => {
    const [copied, now] = [before.get(source.name), after.get(target.name)];
    return [
      target.name,
      before.get(target.name) ?? '',
      now ?? '',
      copied ?? '',
      now === copied ? 'equal' : 'DIFFERENT',
    ];
  });
  const head = ['Target volume', 'Held before', 'Holds now', 'Source holds', ''];
  return `Content of the simulated volumes, as fingerprints:\n${table(head, rows)}`;
};
