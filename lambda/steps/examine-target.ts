import { pass, warn } from '../refresh/doctor.ts';
import { UNKNOWN_RUN } from '../refresh/guard.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import { decideRecovery } from './decide-recovery.ts';
import { judged } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import { type Group, namesOf } from './look-at-groups.ts';
import { lookAtGuards } from './look-at-guards.ts';
import { refuseUnready, refuseUnwritable } from './refuse-unready.ts';
import { refuseReserved } from './reserve-target.ts';

/** Checks whether the target group could be overwritten now, as an execution does before it does it. */
export const examineTarget = (subject: Subject, target: Promise<Group>): void => {
  const { check, run, ports } = subject;
  const request: RefreshRequest = { ...subject.request, execute: true };
  void check('use', async () => {
    const group = await target;
    refuseUnwritable(group.volumes);
    await refuseUnready((await subject.target.known).array, namesOf(group), request);
    return judged(pass(describeUse(request)));
  });
  void check('lock', async () => {
    const { name } = await target;
    const { array, identity } = await subject.target.known;
    const { lock } = await lookAtGuards(array, name);
    const { recovery } = await decideRecovery(array, lock, request, run, ports);
    await refuseReserved({ ...run, target_array: identity, target_protection_group: name }, ports);
    const judgement = recovery
      ? warn(
          `Run "${recovery.run ?? UNKNOWN_RUN}" ended in the middle, and still holds "${name}".`,
          'The next run that executes clears up after it first.',
        )
      : pass(`No run holds "${name}".`);
    return judged(judgement);
  });
};

const describeUse = ({ hooks, require_idle_target }: RefreshRequest): string => {
  if (hooks.before_overwrite.length > 0)
    return 'The target can be written to. Whether hosts use it, a run looks after the hooks before_overwrite.';
  if (!require_idle_target)
    return 'The target can be written to. Whether hosts use it is not looked at (require_idle_target).';
  return 'The target can be written to, and no host uses it.';
};
