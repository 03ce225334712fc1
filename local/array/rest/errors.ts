/** Errors of the array. They know their wire form; the router turns them into replies. */

export interface ErrorEntry {
  /** The name of the object that the message is about. */
  readonly context: string | null;
  readonly message: string;
}

export class ArrayError extends Error {
  override name = 'ArrayError';
  readonly status: number;
  readonly entries: readonly ErrorEntry[];

  constructor(status: number, entries: readonly ErrorEntry[]) {
    super(entries.map(({ message }) => message).join(' '));
    this.status = status;
    this.entries = entries;
  }
}

/** What the array says about an object: the vendor's words where flasharray-rest.md §6 has them. */
export const messages = {
  volumeMissing: 'Volume does not exist.',
  volumeExists: 'Volume already exists.',
  volumeDestroyed: 'Volume has been destroyed.',
  // A demoted volume accepts no writes (2.26 spec). That an overwrite is one, and the words, are the simulator's guess.
  volumeDemoted: 'Volume is demoted.',
  volumeIsEndpoint: 'Volume is a protocol endpoint.',
  sourceMissing: 'No such volume or snapshot.',
  volumeSnapshotMissing: 'Volume snapshot does not exist.',
  volumeSnapshotDestroyed:
    'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.',
  groupMissing: 'Protection group does not exist.',
  groupDestroyed: 'Protection group has been destroyed.',
  groupSnapshotMissing: 'Protection group snapshot does not exist.',
  groupSnapshotExists: 'Protection group snapshot already exists.',
  groupSnapshotDestroyed: 'Protection group snapshot has been destroyed.',
  groupSnapshotAlive: 'Protection group snapshot is not destroyed.',
  groupSnapshotInUse: 'Protection group snapshot is in use by replication.',
  // The 2.26 spec says that SafeMode restricts what is done to the group. That this is part of it, and the words, are a guess.
  groupLocked: 'The retention lock of the protection group is ratcheted.',
  groupWithoutTargets: 'Protection group has no replication targets.',
  groupReplica: 'Protection group is the replica of a remote one.',
  // No source has the array's words; clients are to expect one about replication (flasharray-rest.md §5.4).
  notReplicatedYet: 'The snapshot is still being replicated to this array.',
  arrayMissing: 'Array does not exist.',
  targetMissing: 'The array is not a replication target of the protection group.',
  targetDisallowed: 'The target has not allowed the protection group to replicate to it.',
  // No source has the array's words, nor says that it refuses at all.
  tagMissing: 'Tag does not exist.',
  hostMissing: 'Host does not exist.',
  hostGroupMissing: 'Host group does not exist.',
} as const;

/** Refuses a request because of an object. As with the vendor that is a 400, also where the object does not exist. */
export const refuse = (message: string, context: string | null = null): ArrayError =>
  new ArrayError(400, [{ context, message }]);

/** No valid token. */
export const unauthorized = (message: string): ArrayError =>
  new ArrayError(401, [{ context: null, message }]);

/** The simulator has no such thing: said out loud, as an array's own 400 could be taken for a missing object. */
export const unknown = (message: string): ArrayError =>
  new ArrayError(404, [{ context: null, message }]);
