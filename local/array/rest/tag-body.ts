import * as z from 'zod';
import type { Tag } from '../store/model.ts';

/** A tag in a body: at most 64 and 256 characters; `copyable` defaults to true (2.26 spec, `Tag`). */
export const tagBody = z.strictObject({
  key: z
    .string()
    .min(1)
    .refine((key) => [...key].length <= 64, 'longer than 64 characters'),
  value: z.string().refine((value) => [...value].length <= 256, 'longer than 256 characters'),
  // The specification advises against the reserved ones; who uses them here shall notice.
  namespace: z
    .string()
    .min(1)
    .refine((namespace) => !/^pure/i.test(namespace), 'reserved')
    .optional(),
  copyable: z.boolean().optional(),
});

/**
 * The tags of one request: 1 to 30. The specification says that of `tags/batch`; of the `tags` in other bodies it gives
 * no number, and no client shall rely on more.
 */
export const tagList = <T extends z.ZodType>(tag: T) => z.array(tag).min(1).max(30);

export const readTag = (body: z.infer<typeof tagBody>): Tag => ({
  namespace: body.namespace ?? 'default',
  key: body.key,
  value: body.value,
  copyable: body.copyable ?? true,
});
