import { type Action, answerItems, type Call } from '../rest/call.ts';
import { messages, refuse } from '../rest/errors.ts';
import { findRequired } from '../rest/find-objects.ts';
import { groupSnapshots } from '../rest/kinds.ts';
import type { ArrayStore } from '../store/array-store.ts';
import type { Lane } from '../store/lane.ts';
import type { GroupSnapshot } from '../store/model.ts';
import { groupSnapshotView } from '../views/group-snapshot.ts';

/**
 * `POST /protection-group-snapshots/replica`: sends snapshots that exist to the allowed targets of their group, or to
 * those that `on` names. What has arrived already, or is on its way, is not sent twice.
 */
export const postGroupSnapshotReplicas: Action = (array, call) => {
  if (call.query.flag('convert_source_to_baseline') === true) {
    throw refuse(
      'The simulator does not simulate convert_source_to_baseline: it would eradicate the source snapshot later on.',
      'convert_source_to_baseline',
    );
  }
  const snapshots = findRequired(array, groupSnapshots, call, '');
  const shipments = snapshots.map((snapshot) => ({
    snapshot,
    lanes: findLanes(array, call, snapshot),
  }));
  for (const { snapshot, lanes } of shipments) {
    for (const lane of lanes) lane.send(snapshot, call.now);
  }
  return answerItems(snapshots.map(groupSnapshotView(array, call.version, call.now)));
};

/** The lanes that a snapshot can be sent along; throws where there are none, or one asked for is closed. */
function findLanes(array: ArrayStore, { query, lanes }: Call, snapshot: GroupSnapshot): Lane[] {
  if (snapshot.destroyedAt !== null) throw refuse(messages.groupSnapshotDestroyed, snapshot.name);
  if (snapshot.transfer !== null) {
    throw refuse('The simulator does not send replicas on.', snapshot.name);
  }
  const group = array.groups.withId(snapshot.source.id);
  const ofGroup = lanes.filter(({ ends }) => ends.group === group);
  if (ofGroup.length === 0) throw refuse(messages.groupWithoutTargets, snapshot.source.name);
  const chosen =
    query.list('on')?.map((name) => {
      const lane = ofGroup.find(
        (each) => each.ends.target.name.toLowerCase() === name.toLowerCase(),
      );
      if (lane === undefined) throw refuse(messages.targetMissing, name);
      return lane;
    }) ?? ofGroup;
  const open = chosen.filter(({ ends }) => ends.permission.allowed);
  if (open.length === 0 || (query.list('on') !== undefined && open.length < chosen.length)) {
    throw refuse(messages.targetDisallowed, snapshot.source.name);
  }
  for (const lane of open) checkRoom(lane, snapshot);
  return open;
}

/** Throws if the target has another snapshot of that name, or has this one destroyed or under a name from before. */
function checkRoom(lane: Lane, snapshot: GroupSnapshot): void {
  const [there, arrived] = [lane.namesake(snapshot.suffix), lane.arrivalOf(snapshot)];
  if (there !== undefined && there !== arrived) {
    throw refuse(messages.groupSnapshotExists, there.name);
  }
  if (arrived === undefined) return;
  if (arrived.destroyedAt !== null) throw refuse(messages.groupSnapshotDestroyed, arrived.name);
  if (arrived !== there) {
    throw refuse('The snapshot was renamed after it had been replicated.', arrived.name);
  }
}
