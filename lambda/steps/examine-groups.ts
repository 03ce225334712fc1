import { type Judgement, pass, warn } from '../refresh/doctor.ts';
import { guardSuffix } from '../refresh/guard.ts';
import { judgeSafeMode } from '../refresh/judge-array.ts';
import { groupSnapshotName } from '../refresh/naming.ts';
import { judged } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import type { ExaminedArray } from './examine-array.ts';
import { type Group, lookAtSourceGroup, lookAtTargetGroup } from './look-at-groups.ts';
import { findSnapshot } from './look-at-snapshot.ts';
import type { FlashArray, GroupSnapshot } from './ports.ts';

/** What the checks of the source group have seen. */
export interface SourceGroup {
  readonly source: Promise<Group>;
  /** Snapshot of the name that the run would take: undefined where there is none. */
  readonly snapshot: Promise<GroupSnapshot | undefined>;
}

export const examineSourceGroup = (subject: Subject): SourceGroup => {
  const { check, request } = subject;
  const source = examineGroup(subject, 'source', (array) =>
    lookAtSourceGroup(array, request.source_protection_group ?? ''),
  );
  const snapshot = check('snapshot', async () => {
    const name = groupSnapshotName((await source).name, request.snapshot_suffix);
    const seen = await findSnapshot((await subject.source.known).array, name);
    const text = seen ? 'exists, and is what a run copies now' : 'is free, and a run takes it now';
    return { seen, judgement: pass(`Snapshot "${seen?.name ?? name}" ${text}.`) };
  });
  return { source, snapshot };
};

export const examineTargetGroup = (subject: Subject, name: string): Promise<Group> =>
  examineGroup(subject, 'target', (array) => lookAtTargetGroup(array, name));

const examineGroup = (
  subject: Subject,
  side: 'source' | 'target',
  look: (array: FlashArray) => Promise<Group>,
): Promise<Group> => {
  const { check } = subject;
  const { [side]: examined } = subject;
  const group = check(`${side} group`, async () => {
    const seen = await look((await examined.known).array);
    const { length: count } = seen.volumes;
    const volumes = count === 1 ? '1 volume' : `${count} volumes`;
    return { seen, judgement: pass(`Protection group "${seen.name}" has ${volumes}.`) };
  });
  void check(`${side} safemode`, async () => {
    const { name } = await group;
    return judged(await lookAtSafeMode((await examined.known).array, name));
  });
  void check(`${side} role`, async () => {
    return judged(await trySnapshot(await group, examined, subject));
  });
  return group;
};

export const lookAtSafeMode = async (array: FlashArray, group: string): Promise<Judgement> => {
  const [found] = await array.protectionGroups([group]);
  return judgeSafeMode(group, found?.retentionLock ?? null);
};

/** A run takes a snapshot of either group: that of the target is its guard. The array tells whether the token may. */
const trySnapshot = async (
  { name }: Group,
  { known }: ExaminedArray,
  { run, ports }: Pick<Subject, 'run' | 'ports'>,
): Promise<Judgement> => {
  const { array } = await known;
  if (!(await array.capabilities()).snapshotTest) {
    return warn(
      'Whether the token may take snapshots cannot be tried, which needs REST 2.25.',
      'See that its user has the role storage_admin on the array.',
    );
  }
  await array.testGroupSnapshot(name, guardSuffix(run.execution, ports.clock.now()));
  return pass(`The array would take a snapshot of "${name}" for this token.`);
};
