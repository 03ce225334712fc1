import type { StateFile } from '../../../local/array/simulator.ts';
import {
  type ArrayState,
  databases,
  definition,
  replicatedDatabases,
} from '../../support/databases.ts';

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
}

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

const layouts = [
  { name: 'local', state: withTags(databases(others)), replicate: false },
  {
    name: 'replicated',
    state: withTags(replicatedDatabases({ source: others })),
    replicate: true,
  },
];

/** Below 2.32 each volume is overwritten by a request of its own. */
const versions = ['2.26', '2.56'];

export const configurations: readonly Configuration[] = layouts.flatMap(
  ({ name, state, replicate }) =>
    versions.flatMap((restVersion) =>
      [false, true].map((keepsCreated) => ({
        name: `${restVersion} ${name}${keepsCreated ? ' keeping created' : ''}`,
        state,
        restVersion,
        keepsCreated,
        tickMs: restVersion === '2.26' && !replicate ? 0 : 1,
        definition: { ...definition, ignore_match: true, replicate },
      })),
    ),
);
