import * as z from 'zod';
import { LINK_STATUSES } from '../store/model.ts';

const ms = z.int().min(0);
const fraction = z.number().min(0).max(1);

/**
 * The body of `POST /replication`: how transfers go on from now. What is not named stays as it is; `POST /reset` forgets
 * everything. As long as neither delay nor duration nor curve is set, a transfer takes 8 s, in the first of which the
 * target does not know it.
 */
export const replicationSettings = z
  .strictObject({
    /** The target, and the group on its source (`pg` or `pod::pg`); without them all. */
    array: z.string().optional(),
    group: z.string().optional(),
    /** How long the names stay unknown on the target after the turn of a transfer has come; 0 once the rest is set. */
    start_delay_ms: ms.optional(),
    /** From the start to the end of a transfer, at a steady pace; 8000 once a delay is set. */
    duration_ms: ms.optional(),
    /** Instead of a duration: milliseconds since the start, and the fraction that has arrived by then. */
    curve: z
      .array(z.tuple([ms, fraction]))
      .min(1)
      .refine(rises, 'the times have to rise, and the fractions must not fall')
      .optional(),
    /** The fraction that no transfer gets past; 1: nothing holds them up any more. */
    stall_at: fraction.optional(),
    /** Whether the target takes what is sent. `false` aborts and discards what is under way. */
    allowed: z.boolean().optional(),
    /** Of the connections of that array, or of all: nothing moves while it is `connecting`. */
    status: z.enum(LINK_STATUSES).optional(),
  })
  .refine(
    ({ duration_ms, curve }) => duration_ms === undefined || curve === undefined,
    'duration_ms and curve cannot be set together',
  )
  .refine(
    ({ status, group }) => status === undefined || group === undefined,
    'a status belongs to the connection of two arrays, not to a group',
  );

export type ReplicationSettings = z.infer<typeof replicationSettings>;

function rises(points: readonly (readonly [number, number])[]): boolean {
  return points.every(([at, fraction], index) => {
    const [before, done] = points[index - 1] ?? [-1, 0];
    return at > before && fraction >= done;
  });
}
