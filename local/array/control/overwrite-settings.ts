import * as z from 'zod';

/** The body of `POST /overwrite`: what overwrites do from now on. `POST /reset` goes back to what the state file says. */
export const overwriteSettings = z.strictObject({
  /** Without it all arrays. */
  array: z.string().optional(),
  /**
   * True: a volume that is overwritten keeps its own `created`. False: it takes that of the snapshot, as the one array did
   * that somebody has looked at (flasharray-rest.md §5.2).
   */
  keeps_created: z.boolean(),
});

export type OverwriteSettings = z.infer<typeof overwriteSettings>;
