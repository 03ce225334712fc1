import * as z from 'zod';
import { refuse } from './errors.ts';

/**
 * Reads a body. Fields that a later version brought are refused below it, fields that the schema does not have always:
 * an array would ignore them (flasharray-rest.md §1.4), and so hide the mistake of the client.
 */
export function readBody<T>(
  schema: z.ZodType<T>,
  body: unknown,
  version: number,
  since: Readonly<Record<string, number>> = {},
): T {
  for (const item of Array.isArray(body) ? body : [body]) {
    for (const field of Object.keys(item ?? {})) {
      const first = since[field] ?? 0;
      if (version < first) {
        throw refuse(`The field ${field} is not in REST 2.${version}: it came with 2.${first}.`);
      }
    }
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${z.core.toDotPath(issue.path) || 'body'}: ${issue.message}`,
  );
  throw refuse(`The simulator refuses the body: ${problems.join('; ')}.`);
}
