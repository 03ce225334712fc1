import type { StateFile } from '../../../local/array/simulator.ts';
import {
  type ArrayState,
  databases,
  definition,
  replicatedDatabases,
} from '../../support/databases.ts';
import { hooksByAll, hooksByCommand } from './hooks.ts';

/** Arrays of one kind, and the refresh that is walked through on them. */
export interface Configuration {
  readonly name: string;
  readonly state: StateFile;
  readonly restVersion: string;
  /** Whether a volume keeps its `created` when it is overwritten. */
  readonly keepsCreated: boolean;
  /** Milliseconds that pass with each request; without any, all that a run makes in one go is equally old. */
  readonly tickMs: number;
  readonly definition: object;
  /** Whether there is a source database, which goes into backup mode for the snapshot. */
  readonly hasDatabase: boolean;
  /** Whether there are hooks, and hosts for them. */
  readonly hasHooks: boolean;
}

/** Name of the refresh. */
export const REFRESH = 'dev';

type VolumeState = NonNullable<ArrayState['volumes']>[number];

const idOf = (volume: string): string => `id-of-${volume}`;

/**
 * Of the targets, two bear the tag of an earlier run: one as it will be again, one that another takes its place of. Each
 * bears one of its owner's too.
 */
const mappings: Readonly<Record<string, string>> = {
  'dev-data-00': idOf('prd-data-01'),
  'dev-fra-00': idOf('prd-fra-00'),
};

const marked = (volume: VolumeState): VolumeState => {
  const mapping = mappings[volume.name];
  const own = volume.name.startsWith('dev-') ? { owner: 'dba' } : {};
  const tags = { ...own, ...(mapping !== undefined && { snapshot_mapping: mapping }) };
  return { ...volume, id: idOf(volume.name), tags };
};

const withTags = ({ arrays }: StateFile): StateFile => ({
  arrays: arrays.map((array) => ({ ...array, volumes: (array.volumes ?? []).map(marked) })),
});

/** Somebody else's volumes, in a group of their own. */
const others = {
  volumes: [{ name: 'crm-00', size: 2 ** 30, tags: { snapshot_mapping: 'of-another-refresh' } }],
  protection_groups: [{ name: 'crm-pg', volumes: ['crm-00'] }],
};

const local = { name: 'local', state: withTags(databases(others)), replicate: false };
const replicated = {
  name: 'replicated',
  state: withTags(replicatedDatabases({ source: others })),
  replicate: true,
};
type Layout = typeof local;

/** Below 2.32 each volume is overwritten by a request of its own. */
const versions = ['2.26', '2.56'];

const onLayout = ({ name, state, replicate }: Layout, restVersion: string): Configuration => ({
  name: `${restVersion} ${name}`,
  state,
  restVersion,
  keepsCreated: false,
  tickMs: restVersion === '2.26' && !replicate ? 0 : 1,
  definition: { ...definition, ignore_match: true, replicate },
  hasDatabase: false,
  hasHooks: false,
});

const ofArraysAlone = [local, replicated].flatMap((layout) =>
  versions.flatMap((restVersion) =>
    [false, true].map(
      (keepsCreated): Configuration => ({
        ...onLayout(layout, restVersion),
        name: `${restVersion} ${layout.name}${keepsCreated ? ' keeping created' : ''}`,
        keepsCreated,
      }),
    ),
  ),
);

/** From 2.44 on the snapshot is made with its tags. Below that its members are tagged, and then it is sent. */
const inBackupMode = (layout: Layout, restVersion: string, maxSeconds: number): Configuration => {
  const plain = onLayout(layout, restVersion);
  return {
    ...plain,
    name: `${restVersion} ${layout.name} in backup mode for ${maxSeconds} s`,
    definition: {
      ...plain.definition,
      ora_backup_mode: true,
      ora_backup_mode_max_seconds: maxSeconds,
    },
    hasDatabase: true,
  };
};

const withHooks = (plain: Configuration, hooks: object, name: string): Configuration => ({
  ...plain,
  name: `${plain.name} with hooks ${name}`,
  definition: { ...plain.definition, hooks },
  hasHooks: true,
});

export const configurations: readonly Configuration[] = [
  ...ofArraysAlone,
  inBackupMode(local, '2.56', 300),
  // Shorter than an array may take to answer.
  inBackupMode(local, '2.26', 20),
  // Longer than the function may take: what kills that is told by Lambda.
  inBackupMode(replicated, '2.26', 3_600),
  withHooks(onLayout(local, '2.56'), hooksByCommand, 'by command'),
  withHooks(onLayout(replicated, '2.26'), hooksByAll, 'of all kinds'),
  withHooks(inBackupMode(local, '2.26', 300), hooksByCommand, 'around it'),
];
