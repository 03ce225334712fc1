import { RefreshError } from '../refresh/errors.ts';
import { type Plan, planSchema } from '../refresh/plan.ts';
import { formatSize } from '../refresh/volumes.ts';
import { writeJson } from './documents.ts';
import type { ObjectStore } from './ports.ts';

/** Where a plan that was shown lies. No run's folder begins so. */
export const shownPlanKey = (hash: string): string =>
  `runs/_plans/${hash.replace('sha256:', '')}.json`;

/** Keeps a plan that was shown, so that a run which was to execute it can tell what has changed. */
export const keepShownPlan = async (store: ObjectStore, plan: Plan): Promise<void> => {
  if (plan.hash !== null) await writeJson(store, shownPlanKey(plan.hash), plan);
};

/**
 * Refuses a plan that is not the one that was shown.
 * @param expected its hash; null where any plan is welcome
 * @throws PlanChanged saying what has changed
 */
export const requireExpectedPlan = async (
  store: ObjectStore,
  plan: Plan,
  expected: string | null,
): Promise<void> => {
  if (expected === null || plan.hash === expected) return;
  const shown = await findShownPlan(store, expected);
  throw new RefreshError(
    'PlanChanged',
    `The plan is not the expected one (${expected}) but ${plan.hash ?? 'not known yet'}. ${describe(shown, plan)}`,
    'Look at the new plan in a dry run, and expect that one if it is right.',
  );
};

const findShownPlan = async (store: ObjectStore, hash: string): Promise<Plan | undefined> => {
  const text = await store.read(shownPlanKey(hash));
  if (text === undefined) return undefined;
  try {
    return planSchema.parse(JSON.parse(text));
  } catch {
    // Of another version, or damaged: that the plan is another one is all that can be said.
    return undefined;
  }
};

const describe = (shown: Plan | undefined, plan: Plan): string => {
  if (!shown) return 'What it was is not on record here, so what has changed cannot be told.';
  const [before, after] = [rowsOf(shown), rowsOf(plan)];
  const gone = [...before].filter((row) => !after.has(row));
  const come = [...after].filter((row) => !before.has(row));
  return `No longer: ${list(gone)}. Instead: ${list(come)}.`;
};

const rowsOf = ({ pairs }: Plan): Set<string> =>
  new Set(
    pairs.map(
      ({ source, target, rule }) =>
        `${source.name} (${formatSize(source.size)}) → ${target.name} (${formatSize(target.size)}), ${rule}`,
    ),
  );

const list = (rows: readonly string[]): string =>
  rows.length === 0
    ? 'nothing'
    : `${rows.slice(0, 10).join('; ')}${rows.length > 10 ? ` and ${rows.length - 10} more` : ''}`;
