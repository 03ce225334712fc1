import type { StateReport } from '../../../local/array/simulator.ts';
import { databasePairs } from '../../support/databases.ts';

export type VolumeReport = StateReport['arrays'][number]['volumes'][number];
type SnapshotReport = StateReport['arrays'][number]['snapshots'][number];

const [SOURCES, TARGETS] = ['prd-', 'dev-'];
const LOCK = '.refresh-in-progress';
export const MAPPING = 'snapshot_mapping';

/** What is on the arrays, as the walk looks at it. */
export class Holdings {
  readonly volumes: ReadonlyMap<string, VolumeReport>;
  readonly snapshots: readonly SnapshotReport[];

  constructor({ arrays }: StateReport) {
    const volumes = arrays.flatMap((array) => array.volumes);
    this.volumes = new Map(volumes.map((volume) => [volume.name, volume]));
    this.snapshots = arrays.flatMap((array) => array.snapshots);
  }

  get targets(): VolumeReport[] {
    return [...this.volumes.values()].filter(({ name }) => name.startsWith(TARGETS));
  }

  get sources(): VolumeReport[] {
    return [...this.volumes.values()].filter(({ name }) => name.startsWith(SOURCES));
  }

  /** The snapshots under the lock's name. */
  get locks(): SnapshotReport[] {
    return this.snapshots.filter(({ name }) => name.endsWith(LOCK));
  }

  /** Whether each target holds what it held then. */
  holdsAsIn(then: Holdings): boolean {
    return this.targets.every(
      ({ name, fingerprint }) => then.volumes.get(name)?.fingerprint === fingerprint,
    );
  }

  /** Whether each target holds what its source held then. */
  holdsSourcesOf(then: Holdings): boolean {
    return Object.entries(databasePairs).every(
      ([source, target]) =>
        then.volumes.get(source)?.fingerprint === this.volumes.get(target)?.fingerprint,
    );
  }

  /** Whether each target is tagged with its source. */
  isTaggedAnew(): boolean {
    return Object.entries(databasePairs).every(
      ([source, target]) =>
        this.volumes.get(target)?.tags[MAPPING] === this.volumes.get(source)?.id,
    );
  }

  /** Whether each target bears the tag that it bore then, or none. */
  isTaggedAsIn(then: Holdings): boolean {
    return this.targets.every(
      ({ name, tags }) => then.volumes.get(name)?.tags[MAPPING] === tags[MAPPING],
    );
  }
}
