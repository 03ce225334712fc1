import type { JsonObject } from '../rest/json.ts';
import { ERADICATION_DELAY_MS } from '../store/array-store.ts';
import type { Resource } from '../store/model.ts';

/** Whether an object is destroyed and, if so, how many milliseconds it can still be recovered. */
export const destroyedFields = (resource: Resource, now: number): JsonObject => ({
  destroyed: resource.destroyedAt !== null,
  time_remaining:
    resource.destroyedAt === null ? null : resource.destroyedAt + ERADICATION_DELAY_MS - now,
});

/** The array's own order: that of `created` (flasharray-rest.md §0 fact 8). */
export const byCreation = <T extends { created: number }>(objects: readonly T[]): T[] =>
  objects.toSorted((left, right) => left.created - right.created);
