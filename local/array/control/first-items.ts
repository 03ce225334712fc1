import type { ArrayRequest } from '../rest/router.ts';

/**
 * The same request for no more than its first items; null where that is none. Its items are those of a body that is a
 * list, or else what `names` lists; any other request is one item.
 */
export function firstItems(request: ArrayRequest, count: number): ArrayRequest | null {
  if (count === 0) return null;
  if (Array.isArray(request.body)) return { ...request, body: request.body.slice(0, count) };
  const query = request.query.map(([name, value]): [string, string] =>
    name === 'names' ? [name, value.split(',').slice(0, count).join(',')] : [name, value],
  );
  return { ...request, query };
}
