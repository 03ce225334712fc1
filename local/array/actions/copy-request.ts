import * as z from 'zod';
import type { Call } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import type { Tag } from '../store/model.ts';

/** The source of a copy: a volume snapshot or a volume, by name or id. */
export const sourceBody = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
});
/** A size: 1 MiB to 4 PiB in sectors of 512 bytes (flasharray-rest.md §3). */
export const provisionedBody = z.int().min(1_048_576).max(4_503_599_627_370_496).multipleOf(512);

/** One volume that a request wants to create or to overwrite. */
export interface CopyRequest {
  readonly name: string;
  readonly source?: z.infer<typeof sourceBody> | undefined;
  readonly provisioned?: number | undefined;
  readonly tags: readonly Tag[];
}

/** Reads `overwrite`, which excludes any say about the protection of new volumes (2.26 spec, `POST /volumes`). */
export function readOverwrite({ query }: Call): boolean {
  const overwrite = query.flag('overwrite') === true;
  if (overwrite && query.flag('with_default_protection') !== undefined) {
    throw refuse('with_default_protection cannot be provided when overwrite is true.');
  }
  return overwrite;
}

/** Refuses a request that names a volume twice: the second copy would undo the first. */
export function refuseDoubles(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) throw refuse('The volume is named twice.', name);
    seen.add(name.toLowerCase());
  }
}
