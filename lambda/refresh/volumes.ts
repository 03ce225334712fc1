/** A volume of the source group: as it is now, or as a snapshot holds it. Sizes are bytes. */
export interface SourceVolume {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** Id that its replica has on the target array, where it has one: what an earlier tag may hold. */
  readonly replica_id?: string | null;
}

/** A volume of the target group. */
export interface TargetVolume {
  readonly id: string;
  readonly name: string;
  readonly serial: string;
  readonly size: number;
  /** Milliseconds since epoch; an overwrite sets it to the snapshot's. */
  readonly created: number;
  /** Value of the volume's tag `snapshot_mapping`, the id of the source volume it was last paired with. */
  readonly mapping: string | null;
}

/** A member of a group snapshot: the volume snapshot's name and the volume it was taken from. */
export interface SnapshotVolume extends SourceVolume {
  readonly snapshot: string;
  readonly replica_id: string | null;
  /** The volume snapshot's time, milliseconds since epoch; null before it is taken. An overwritten volume bears it. */
  readonly created: number | null;
}

/** Bytes as people read them: `120 GiB`, `1.5 TiB`. */
export const formatSize = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${Number(value.toFixed(2))} ${units[unit]}`;
};
