import type { StateFile } from '../../local/array/simulator.ts';

export type ArrayState = StateFile['arrays'][number];
type VolumeState = NonNullable<ArrayState['volumes']>[number];

const GIB = 2 ** 30;
export const gib = (size: number): number => size * GIB;

/** A volume of `size` GiB. */
export const volume = (
  name: string,
  size: number,
  more: Partial<VolumeState> = {},
): VolumeState => ({
  name,
  size: gib(size),
  ...more,
});

/** `count` volumes of one size: `<name>-00`, `<name>-01` … */
export const volumes = (name: string, count: number, size: number): VolumeState[] =>
  Array.from({ length: count }, (_, index) =>
    volume(`${name}-${String(index).padStart(2, '0')}`, size),
  );

export const namesOf = (named: readonly { readonly name: string }[]): string[] =>
  named.map(({ name }) => name);

/** A protection group of volumes. */
export const group = (name: string, members: readonly { readonly name: string }[]) => ({
  name,
  volumes: namesOf(members),
});

export const production = [...volumes('prd-data', 2, 120), ...volumes('prd-fra', 2, 40)];
const development = [...volumes('dev-data', 2, 120), ...volumes('dev-fra', 2, 40)];

/** Source volume names to target volume names. */
export type Pairs = Readonly<Record<string, string>>;

/** Each source with the target at the same place. */
export const pairUp = (
  sources: readonly { readonly name: string }[],
  targets: readonly { readonly name: string }[],
): Pairs =>
  Object.fromEntries(sources.map(({ name }, index) => [name, targets[index]?.name ?? '']));

/** How the volumes of the database and of its copy belong together. */
export const databasePairs = pairUp(production, development);

/** A database of four volumes, its development copy, and a host for each; `more` is on the array too. */
export const databases = (more: Partial<ArrayState> = {}): StateFile => ({
  arrays: [
    {
      name: 'fa-prod',
      volumes: [...production, ...development, ...(more.volumes ?? [])],
      protection_groups: [
        group('prd-pg', production),
        group('dev-pg', development),
        ...(more.protection_groups ?? []),
      ],
      hosts: [
        { name: 'prd01', volumes: namesOf(production) },
        { name: 'dev01', volumes: namesOf(development) },
        ...(more.hosts ?? []),
      ],
      host_groups: more.host_groups ?? [],
    },
  ],
});

/**
 * The same on two arrays: the database replicates from `fa-prod` to `fa-dr`, where its development copy is; `more` is on
 * the one or on the other too.
 */
export const replicatedDatabases = (
  more: { readonly source?: Partial<ArrayState>; readonly target?: Partial<ArrayState> } = {},
): StateFile => {
  const { source = {}, target = {} } = more;
  return {
    arrays: [
      {
        name: 'fa-prod',
        volumes: [...production, ...(source.volumes ?? [])],
        protection_groups: [
          { ...group('prd-pg', production), targets: ['fa-dr'] },
          ...(source.protection_groups ?? []),
        ],
        hosts: [{ name: 'prd01', volumes: namesOf(production) }, ...(source.hosts ?? [])],
      },
      {
        name: 'fa-dr',
        volumes: [...development, ...(target.volumes ?? [])],
        protection_groups: [group('dev-pg', development), ...(target.protection_groups ?? [])],
        hosts: [{ name: 'dev01', volumes: namesOf(development) }, ...(target.hosts ?? [])],
      },
    ],
  };
};

/** The definition that copies the one onto the other; each run under a snapshot name of its own. */
export const definition = {
  source_protection_group: 'prd-pg',
  target_protection_group: 'dev-pg',
  snapshot_name: '{run}',
  execute: true,
};

/** The same by way of the second array. */
export const replicatedDefinition = { ...definition, replicate: true };
