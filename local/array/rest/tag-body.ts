import * as z from 'zod';
import type { Tag } from '../store/model.ts';

/** A tag in a body: at most 64 and 256 characters; `copyable` defaults to true (2.26 spec, `Tag`). */
export const tagBody = z.strictObject({
  key: z
    .string()
    .min(1)
    .refine((key) => [...key].length <= 64, 'longer than 64 characters'),
  value: z.string().refine((value) => [...value].length <= 256, 'longer than 256 characters'),
  namespace: z.string().min(1).optional(),
  copyable: z.boolean().optional(),
});

export const readTag = (body: z.infer<typeof tagBody>): Tag => ({
  namespace: body.namespace ?? 'default',
  key: body.key,
  value: body.value,
  copyable: body.copyable ?? true,
});
