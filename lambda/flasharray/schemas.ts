import * as z from 'zod';

/**
 * The fields of the array's replies that we use; what else it sends is dropped. An absent value comes as null.
 * Shapes: the vendor's OpenAPI specification.
 */
const named = z.object({ name: z.string() });
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

export const apiVersions = z.object({ version: z.array(z.string()) });

/** What every list reply has around its items. */
export const page = z.object({
  items: z.array(z.unknown()),
  more_items_remaining: z.boolean().nullish(),
  continuation_token: z.string().nullish(),
});

export const arrayItem = named;

const bytes = z.number().nonnegative().nullish();
/** Null for a user who may not see it. `total_used` has taken the place of `total_physical`. */
export const arraySpaceItem = z.object({
  _as_of: z.number().nullish(),
  capacity: bytes,
  space: z.object({ total_used: bytes, total_physical: bytes }).nullish(),
});

export const groupItem = z.object({
  name: z.string(),
  destroyed: flag,
  retention_lock: optionalText,
  host_count: count,
  host_group_count: count,
});

export const groupVolumeItem = z.object({
  group: named,
  member: z.object({ id: optionalText, name: z.string(), destroyed: flag }),
});

export const groupMemberItem = z.object({ group: named, member: named });

export const connectionItem = z.object({
  volume: named,
  host: z.object({ name: optionalText }).nullish(),
  protocol_endpoint: z.object({ name: optionalText }).nullish(),
});

export const volumeItem = z.object({
  id: z.string(),
  name: z.string(),
  serial: z.string(),
  provisioned: z.number().int().nonnegative(),
  created: z.number(),
  destroyed: flag,
  subtype: optionalText,
  promotion_status: optionalText,
});

export const loadItem = z.object({ name: z.string(), reads_per_sec: count, writes_per_sec: count });

export const tagItem = z.object({
  key: z.string(),
  value: z.string(),
  resource: z.object({ id: optionalText, name: z.string() }),
});

export const groupSnapshotItem = z.object({
  id: optionalText,
  name: z.string(),
  created: z.number(),
  destroyed: flag,
});

export const groupTargetItem = z.object({ group: named, member: named, allowed: flag });

export const arrayConnectionItem = z.object({ name: z.string(), status: optionalText });

export const transferItem = z.object({
  name: z.string(),
  progress: count,
  data_transferred: count,
  started: z.number().nullish(),
  completed: z.number().nullish(),
});

export const volumeSnapshotItem = z.object({
  id: z.string(),
  name: z.string(),
  provisioned: z.number().int().nonnegative(),
  created: z.number(),
  source: z.object({ id: optionalText, name: optionalText }).nullish(),
});

export const testItem = z.object({
  success: z.boolean(),
  result_details: optionalText,
  resource: z.object({ name: optionalText }).nullish(),
});

/** The array's error document, and the gateway's in front of it. */
export const errorBody = z.object({
  errors: z
    .array(z.object({ context: z.string().nullish(), message: z.string().nullish() }))
    .nullish(),
  message: z.string().nullish(),
});
