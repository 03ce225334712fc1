import type { VolumeCopy } from '../steps/ports.ts';
import type { Call } from './session.ts';

export const SNAPSHOTS = '/protection-group-snapshots';

/** Key of the tag that remembers a target volume's source: the Python script's own. */
export const MAPPING_KEY = 'snapshot_mapping';

/** Makes a group snapshot, or tries to. */
export const snapshotCall = (
  path: string,
  group: string,
  suffix: string,
  replicateNow: boolean,
): Call => ({
  method: 'POST',
  path,
  query: { source_names: [group], ...(replicateNow ? { replicate_now: 'true' } : {}) },
  body: { suffix },
});

/** Overwrites all volumes and tags each, or tries to. */
export const batchCall = (path: string, copies: readonly VolumeCopy[]): Call => ({
  method: 'POST',
  path,
  query: { overwrite: 'true' },
  body: copies.map(({ target, snapshot, mapping }) => ({
    name: target,
    source: { name: snapshot },
    tags: [mappingTag(mapping)],
  })),
});

/** Not copyable: the mapping must not travel to copies of the target. */
export const mappingTag = (mapping: string) => ({
  key: MAPPING_KEY,
  value: mapping,
  copyable: false,
});
