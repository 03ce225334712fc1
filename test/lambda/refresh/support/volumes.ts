import type {
  SnapshotVolume,
  SourceVolume,
  TargetVolume,
} from '../../../../lambda/refresh/volumes.ts';

export const GIB = 2 ** 30;

/** A source volume whose id is made from its name. */
export const source = (name: string, gib: number): SourceVolume => ({
  id: `id-of-${name}`,
  name,
  size: gib * GIB,
});

/** What the group snapshot `prd-pg.s1` holds of it. */
export const member = (name: string, gib: number): SnapshotVolume => ({
  ...source(name, gib),
  replica_id: null,
  snapshot: `prd-pg.s1.${name}`,
  created: null,
});

/** A target volume, tagged with the id of the source volume of the name `mapping`. */
export const target = (name: string, gib: number, mapping: string | null = null): TargetVolume => ({
  id: `id-of-${name}`,
  name,
  serial: `SERIAL-OF-${name}`,
  size: gib * GIB,
  created: 1_764_000_000_000,
  mapping: mapping === null ? null : `id-of-${mapping}`,
});
