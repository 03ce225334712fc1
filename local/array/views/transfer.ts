import { from } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';
import type { Resource, Transfer } from '../store/model.ts';

/**
 * Makes the view of what came to this array: the schemas `ProtectionGroupSnapshotTransfer` and `VolumeSnapshotTransfer`.
 * The statistics are seen on the target. A snapshot that was taken here has a row with nothing in it: the listing is one
 * of snapshots (2.26 spec), and the Ansible collection reads it on any array and expects absent values.
 */
export const transferView =
  <T extends Resource & { readonly transfer: Transfer | null }>(
    /** The N of the first version 2.N that has the id. */
    idSince: number,
    version: number,
    /** Bytes. Nothing is reduced here, so as much is written as is sent. */
    sizeOf: (snapshot: T) => number,
  ) =>
  (snapshot: T): JsonObject => {
    const { transfer } = snapshot;
    const bytes = transfer && Math.floor(transfer.progress * sizeOf(snapshot));
    return {
      ...from(idSince, version, { id: snapshot.id }),
      name: snapshot.name,
      destroyed: snapshot.destroyedAt !== null,
      started: transfer?.started ?? null,
      progress: transfer?.progress ?? null,
      completed: transfer?.completed ?? null,
      data_transferred: bytes,
      physical_bytes_written: bytes,
    };
  };
