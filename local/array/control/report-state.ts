import { createHash } from 'node:crypto';
import type { ArrayStore } from '../store/array-store.ts';
import type { Reference, Tag } from '../store/model.ts';
import { membersOf } from '../store/take-group-snapshot.ts';

interface ContentReport {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since the epoch. */
  created: number;
  destroyed: boolean;
  /** Depends on the content alone. */
  fingerprint: string;
  /** By key; in a namespace other than `default` by `namespace/key`. */
  tags: Record<string, string>;
  source: Reference | null;
}

export interface VolumeReport extends ContentReport {
  serial: string;
}

export interface SnapshotReport {
  id: string;
  /** `pg.SUFFIX`. */
  name: string;
  created: number;
  destroyed: boolean;
  tags: Record<string, string>;
  source: Reference;
  volumes: ContentReport[];
}

/** What `GET /state` shows: all there is on the arrays, also what is destroyed. */
export interface StateReport {
  arrays: { name: string; volumes: VolumeReport[]; snapshots: SnapshotReport[] }[];
}

export function reportState(arrays: readonly ArrayStore[], now: number): StateReport {
  return { arrays: arrays.map((array) => reportArray(array, now)) };
}

function reportArray(array: ArrayStore, now: number): StateReport['arrays'][number] {
  array.eradicateDue(now);
  return {
    name: array.name,
    volumes: array.volumes.all().map((volume) => ({
      ...reportContent(volume),
      serial: volume.serial,
    })),
    snapshots: array.groupSnapshots.all().map((snapshot) => ({
      id: snapshot.id,
      name: snapshot.name,
      created: snapshot.created,
      destroyed: snapshot.destroyedAt !== null,
      tags: reportTags(snapshot.tags),
      source: snapshot.source,
      volumes: membersOf(array, snapshot).map(reportContent),
    })),
  };
}

const reportContent = (object: {
  id: string;
  name: string;
  size: number;
  created: number;
  destroyedAt: number | null;
  content: string;
  tags: readonly Tag[];
  source: Reference | null;
}): ContentReport => ({
  id: object.id,
  name: object.name,
  size: object.size,
  created: object.created,
  destroyed: object.destroyedAt !== null,
  fingerprint: createHash('sha256').update(object.content).digest('hex').slice(0, 16),
  tags: reportTags(object.tags),
  source: object.source,
});

const reportTags = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(
    tags.map(({ namespace, key, value }) => [
      namespace === 'default' ? key : `${namespace}/${key}`,
      value,
    ]),
  );
