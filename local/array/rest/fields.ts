import type { JsonObject } from './json.ts';

/** The fields, where the version has them. */
export const from = (since: number, version: number, fields: JsonObject): JsonObject =>
  version >= since ? fields : {};

/** Absent references are there, with nothing in them (flasharray-rest.md §0 fact 7). */
export const reference = (to: { id: string; name: string } | null): JsonObject => ({
  id: to?.id ?? null,
  name: to?.name ?? null,
});
