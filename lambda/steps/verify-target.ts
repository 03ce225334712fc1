import { compareTarget } from '../refresh/comparison.ts';
import { listNames, RefreshError } from '../refresh/errors.ts';
import type { Plan } from '../refresh/plan.ts';
import type { Run, RunGuard } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { readDocument, requestDocument } from './documents.ts';
import type { ArrayVolume, Ports } from './ports.ts';
import { heldGuard, requireExecute } from './prepared-run.ts';
import { readOwnPlan } from './requested-plan.ts';

/**
 * Reads the targets back against the plan: each bears the time of its snapshot. Where an array leaves that time alone,
 * what counts is that it has answered every overwrite, and then no attempt may have stayed without an answer.
 * @throws OverwriteUnverified
 */
export const verifyTarget = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const guard = heldGuard(run);
  const [request, plan] = await Promise.all([
    readDocument(ports.store, run.id, requestDocument),
    readOwnPlan(ports.store, run),
  ]);
  const { target: array } = await openArrays(ports, request);
  const now = await array.volumesWithIds(plan.pairs.map(({ target }) => target.id));
  const verified = verify(plan, now, guard.in_doubt);
  return { ...run, guard: { ...guard, wait_seconds: 0, verified, target: 'refreshed' } };
};

const verify = (
  { pairs }: Plan,
  now: readonly ArrayVolume[],
  isInDoubt: boolean,
): NonNullable<RunGuard['verified']> => {
  const found = new Map(
    now.filter(({ destroyed }) => !destroyed).map((volume) => [volume.id, volume.created]),
  );
  const expected = pairs.map(({ source, target }) => ({
    id: target.id,
    name: target.name,
    old: target.created,
    next: source.created ?? target.created,
  }));
  const { isNew, isCertain, isContradictory } = compareTarget(expected, found);
  if (isNew && (isCertain || !isInDoubt)) return 'created';
  if (!isContradictory && !isInDoubt) return 'answers';
  const doubtful = expected.filter(({ id, old, next }) => found.get(id) !== next || old === next);
  throw new RefreshError(
    'OverwriteUnverified',
    `The array does not show that every volume was overwritten; in doubt: ${listNames(doubtful.map(({ name }) => name))}.`,
    'Look on the array what became of these volumes, then run again.',
  );
};
