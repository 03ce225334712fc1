import type { Plan } from '../refresh/plan.ts';
import type { VolumeCopy } from './ports.ts';

/** Names of the volumes that the plan overwrites. */
export const targetNames = ({ pairs }: Plan): string[] => pairs.map(({ target }) => target.name);

/** What the plan asks of the array. */
export const asCopies = (plan: Plan): VolumeCopy[] =>
  plan.pairs.map(({ source, target, mapping }) => ({
    target: target.name,
    snapshot: source.snapshot,
    mapping,
  }));
