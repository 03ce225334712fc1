import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems, type Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findRequired } from '../rest/find-objects.ts';
import { groupSnapshots } from '../rest/kinds.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { GroupSnapshot } from '../store/model.ts';
import { isSuffix } from '../store/names.ts';
import { membersOf } from '../store/take-group-snapshot.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';

const patchBody = z.strictObject({
  destroyed: z.boolean().optional(),
  name: z.string().optional(),
});

/** `PATCH /protection-group-snapshots`: destroy, recover or rename; its volume snapshots follow. */
export const patchGroupSnapshots: Action = (array, call) => {
  const snapshots = findRequired(array, groupSnapshots, call, '');
  const { destroyed, name } = readBody(patchBody, call.body, call.version);
  if (destroyed !== undefined && name !== undefined) {
    throw refuse('name and destroyed cannot be set together.');
  }
  if (destroyed !== undefined) {
    for (const snapshot of snapshots) checkDestroy(array, call, snapshot, destroyed);
    for (const snapshot of snapshots) destroy(array, snapshot, destroyed ? call.now : null);
  }
  if (name !== undefined) {
    const [snapshot, ...others] = snapshots;
    if (snapshot === undefined || others.length > 0) throw refuse('Only one can get a name.', name);
    rename(array, snapshot, checkRename(array, snapshot, name));
  }
  return answerItems(snapshots.map(groupSnapshotView(array, call.version, call.now)));
};

/** What is being replicated cannot be destroyed, here or on the target (flasharray-rest.md §5.3); nor what SafeMode keeps. */
function checkDestroy(
  array: ArrayStore,
  call: Call,
  snapshot: GroupSnapshot,
  destroyed: boolean,
): void {
  const group = array.groups.withId(snapshot.source.id);
  if (destroyed && group?.retentionLock === 'ratcheted') {
    throw refuse(messages.groupLocked, snapshot.name);
  }
  const isUnderWay =
    snapshot.transfer?.completed === null || call.lanes.some((lane) => lane.carries(snapshot));
  if (destroyed && isUnderWay) throw refuse(messages.groupSnapshotInUse, snapshot.name);
  if ((snapshot.destroyedAt !== null) !== destroyed) return;
  const message = destroyed ? messages.groupSnapshotDestroyed : messages.groupSnapshotAlive;
  throw refuse(message, snapshot.name);
}

function destroy(array: ArrayStore, snapshot: GroupSnapshot, at: number | null): void {
  for (const object of [snapshot, ...membersOf(array, snapshot)]) object.destroyedAt = at;
}

/** The new name is `pg.SUFFIX` of the same group, in full: what the Ansible collection sends. */
function checkRename(array: ArrayStore, snapshot: GroupSnapshot, name: string): string {
  const prefix = `${snapshot.source.name}.`;
  const suffix = name.slice(prefix.length);
  if (snapshot.destroyedAt !== null) throw refuse(messages.groupSnapshotDestroyed, snapshot.name);
  if (snapshot.transfer !== null) {
    throw refuse('The simulator does not rename replicas.', snapshot.name);
  }
  if (!name.toLowerCase().startsWith(prefix.toLowerCase()) || !isSuffix(suffix)) {
    throw refuse(`'${name}' is no name for a snapshot of ${snapshot.source.name}.`, snapshot.name);
  }
  if (array.groupSnapshots.named(name) !== undefined) {
    throw refuse(messages.groupSnapshotExists, name);
  }
  return suffix;
}

function rename(array: ArrayStore, snapshot: GroupSnapshot, suffix: string): void {
  const former = snapshot.name;
  array.groupSnapshots.rename(snapshot, `${snapshot.source.name}.${suffix}`);
  snapshot.suffix = suffix;
  for (const member of membersOf(array, snapshot)) {
    array.volumeSnapshots.rename(member, snapshot.name + member.name.slice(former.length));
    member.suffix = suffix;
  }
}
