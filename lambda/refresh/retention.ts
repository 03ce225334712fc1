import * as z from 'zod';
import { compareNames } from './naming.ts';

/**
 * Which snapshots of the source go, of those that a refresh has made itself. Pure: what is made by whom, in use, and
 * under way is found out before.
 */

/** How many are kept where the definition says nothing. */
export const KEPT_BY_DEFAULT = 7;
/** An array lists a thousand in one answer; who wants more than that keeps them by other means. */
export const MOST_KEPT = 1_000;
/** Snapshots that one run destroys at most, with their replicas: it must fit into a step's time. */
export const MOST_DESTROYED = 50;

/** A snapshot that this refresh has made. */
export interface OwnSnapshot {
  readonly name: string;
  /** Milliseconds since epoch. */
  readonly created: number;
}

/** The snapshot on the target array that bears the same suffix in the replica of the group. */
export interface Replica {
  readonly name: string;
  /** Whether it bears the creation time of the snapshot, to the millisecond, and so is its replica for certain. */
  readonly isProven: boolean;
  /** Whether the target array says that all of it has arrived. */
  readonly isComplete: boolean;
}

/** One that is older than those that are kept, with all that could keep it. */
export interface Candidate extends OwnSnapshot {
  /** On the target array, where it is not destroyed there. */
  readonly replica: Replica | undefined;
  /** Who needs it, as in `the target holds it`; undefined where nobody does. */
  readonly use: string | undefined;
  /** Whether the source array lists a transfer of it that is not complete. */
  readonly isUnderWay: boolean;
}

/** Arrays on which SafeMode keeps the snapshots of the group. */
export interface Locks {
  readonly source: boolean;
  readonly target: boolean;
}

export interface Going {
  readonly snapshot: string;
  /** Goes first: without its origin nothing would prove whose it is. */
  readonly replica: string | undefined;
}

export interface Left {
  readonly name: string;
  readonly reason: string;
}

export interface Choice {
  readonly going: readonly Going[];
  readonly left: readonly Left[];
}

/** What the manifest tells. */
export const retentionSchema = z.strictObject({
  keep: z.number().int().meta({ description: 'How many are kept' }),
  kept: z
    .number()
    .int()
    .meta({ description: 'How many of the newest are there, with that of this run' }),
  destroyed: z.array(z.string()).meta({
    description:
      'Destroyed, never eradicated; a replica bears the name that it has on the target array',
  }),
  would_destroy: z
    .array(z.string())
    .meta({ description: 'Of a dry run: what an execution would destroy now' }),
  left: z
    .array(z.strictObject({ name: z.string(), reason: z.string() }))
    .meta({ description: 'Older ones that stay nevertheless' }),
});
export type Retention = z.output<typeof retentionSchema>;

/**
 * Splits off the newest, which stay whatever else there is to say.
 * @returns the others, the oldest first
 */
export const splitKept = <T extends OwnSnapshot>(
  own: readonly T[],
  keep: number,
): { kept: T[]; older: T[] } => {
  const newestFirst = [...own].sort(
    (a, b) => b.created - a.created || compareNames(b.name, a.name),
  );
  return { kept: newestFirst.slice(0, keep), older: newestFirst.slice(keep).reverse() };
};

/** Which of the older ones go. A snapshot and its replica go together, or both stay. */
export const chooseGoing = (candidates: readonly Candidate[], locks: Locks): Choice => {
  const judged = candidates.map((candidate) => ({ candidate, reason: whyNot(candidate, locks) }));
  return {
    going: judged.flatMap(({ candidate: { name, replica }, reason }) =>
      reason === undefined
        ? [{ snapshot: name, replica: replica?.isProven ? replica.name : undefined }]
        : [],
    ),
    left: judged.flatMap(({ candidate: { name, replica }, reason }) => {
      if (reason !== undefined)
        return [name, ...namesOf(replica)].map((left) => ({ name: left, reason }));
      if (!replica || replica.isProven) return [];
      return [
        {
          name: replica.name,
          reason: `it does not bear the creation time of "${name}", so it may be of another snapshot`,
        },
      ];
    }),
  };
};

const namesOf = (replica: Replica | undefined): string[] => (replica ? [replica.name] : []);

/** Why nothing goes of a group, by the array whose SafeMode protects it. */
export const PROTECTED = {
  source: 'SafeMode protects the group on the source array',
  target: 'SafeMode protects the group on the target array',
} as const satisfies Record<keyof Locks, string>;

const whyNot = ({ use, isUnderWay, replica }: Candidate, locks: Locks): string | undefined => {
  if (use !== undefined) return use;
  if (isUnderWay || (replica && !replica.isComplete)) return 'it is still being replicated';
  if (locks.source) return PROTECTED.source;
  // One that is not its replica does not keep it.
  if (locks.target && replica?.isProven) return PROTECTED.target;
  return undefined;
};
