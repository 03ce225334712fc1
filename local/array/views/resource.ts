import type { JsonObject } from '../rest/json.ts';
import { ERADICATION_DELAY_MS } from '../store/array-store.ts';
import type { Resource } from '../store/model.ts';

/** Whether an object is destroyed and, if so, how many milliseconds it can still be recovered. */
export const destroyedFields = (resource: Resource, now: number): JsonObject => ({
  destroyed: resource.destroyedAt !== null,
  time_remaining:
    resource.destroyedAt === null ? null : resource.destroyedAt + ERADICATION_DELAY_MS - now,
});
