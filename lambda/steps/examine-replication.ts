import { type Judgement, pass } from '../refresh/doctor.ts';
import { isError } from '../refresh/errors.ts';
import { judgeConnection, judgeReplica } from '../refresh/judge-array.ts';
import { replicaGroupName } from '../refresh/naming.ts';
import { judged } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import type { KnownArray } from './examine-array.ts';
import { lookAtSafeMode, type SourceGroup } from './examine-groups.ts';
import { lookAtReplication } from './look-at-replication.ts';

/** Checks the way of the source group's snapshots to the second array. */
export const examineReplication = (subject: Subject, found: SourceGroup): void => {
  const { check, request, ports } = subject;
  void check('replication', async () => {
    const [source, target] = [await subject.source.known, await subject.target.known];
    await lookAtReplication(
      { source: source.array, target: target.array },
      { source_array: source.identity, target_array: target.identity },
      (await found.source).name,
      request,
      await found.snapshot,
    );
    const { name } = target.identity;
    const { replicateNow } = await source.array.capabilities();
    const status = replicateNow ? await source.array.connectionStatus(name) : undefined;
    return judged(judgeConnection(name, status));
  });
  void check('replica', async () => {
    const [source, target] = [await subject.source.known, await subject.target.known];
    const group = replicaGroupName(source.identity.name, (await found.source).name);
    const newest = await target.array.newestGroupSnapshot(group);
    // The time of a snapshot is by the array's clock.
    const now = (await subject.target.space).asOf ?? ports.clock.now().getTime();
    return judged(judgeReplica(newest?.created ?? null, now));
  });
  void check('replica safemode', async () => {
    const [source, target] = [await subject.source.known, await subject.target.known];
    const group = replicaGroupName(source.identity.name, (await found.source).name);
    return judged(await lookAtReplicaSafeMode(target, group));
  });
};

/** The group comes there when the source group is given that array as a target; whether that is so, another check tells. */
const lookAtReplicaSafeMode = async (
  { array, identity }: KnownArray,
  group: string,
): Promise<Judgement> => {
  try {
    return await lookAtSafeMode(array, group);
  } catch (error) {
    if (!isError(error, 'ArrayObjectNotFound')) throw error;
    return pass(`Group "${group}" is not on array "${identity.name}" yet.`);
  }
};
