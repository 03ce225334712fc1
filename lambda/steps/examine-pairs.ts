import { type Judgement, pass, warn } from '../refresh/doctor.ts';
import { splitExcluded } from '../refresh/exclusions.ts';
import { groupSnapshotName, replicaGroupName } from '../refresh/naming.ts';
import type { Plan } from '../refresh/plan.ts';
import { judged } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import type { SourceGroup } from './examine-groups.ts';
import { type Group, namesOf } from './look-at-groups.ts';
import { type ReplicaLook, readReplicaIds } from './look-at-replication.ts';
import { snapshotVolumes } from './look-at-snapshot.ts';
import { planRun } from './plan-run.ts';
import { readConnections, refuseSharedHosts } from './refuse-shared-hosts.ts';

type FoundGroups = SourceGroup & { readonly target: Promise<Group> };

/** Checks whether the one group can be copied onto the other. */
export const examinePairs = (subject: Subject, found: FoundGroups): void => {
  const { check, request } = subject;
  void check('pairs', async () => {
    const groups = { source: await found.source, target: await found.target };
    const arrays = await arraysOf(subject);
    const snapshot = await found.snapshot;
    const { plan } = planRun(
      {
        groups,
        members: snapshot && (await snapshotVolumes(arrays.source, snapshot.name)),
        mappings: await arrays.target.mappings(namesOf(groups.target)),
        replication: await lookAtReplicas(subject, groups.source),
      },
      request,
    );
    return judged(judgePlan(plan));
  });
  if (request.allow_shared_hosts) return;
  void check('hosts', async () => {
    const { volumes } = await found.source;
    const { kept } = splitExcluded(volumes, request.excluded_volumes);
    const names = kept.map(({ name }) => name);
    const targets = namesOf(await found.target);
    refuseSharedHosts(await readConnections(await arraysOf(subject), names, targets), kept);
    return judged(pass('No host uses volumes of both groups.'));
  });
};

const arraysOf = async ({ source, target }: Subject) => ({
  source: (await source.known).array,
  target: (await target.known).array,
});

/** What the plan has to know of replicas; whether any would arrive, another check tells. */
const lookAtReplicas = async (
  { source, target, request }: Subject,
  { name }: Group,
): Promise<ReplicaLook | undefined> => {
  if (!request.replicate) return undefined;
  const group = replicaGroupName((await source.known).identity.name, name);
  return {
    snapshot: groupSnapshotName(group, request.snapshot_suffix),
    isComplete: false,
    ids: await readReplicaIds((await target.known).array, group),
  };
};

const judgePlan = ({ hash, pairs, warnings }: Plan): Judgement => {
  const notes = warnings.map((warning) => ` ${warning}`).join('');
  if (hash !== null) return pass(`Each of ${pairs.length} source volumes has its target.${notes}`);
  return warn(
    `Whether each source volume has its target is not known yet.${notes}`,
    'Nothing has to be done: a run that finds no complete pairing then stops before it overwrites anything.',
  );
};
