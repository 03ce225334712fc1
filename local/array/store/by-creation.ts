/** The array's own order: that of `created` (flasharray-rest.md §0 fact 8). */
export const byCreation = <T extends { readonly created: number }>(objects: readonly T[]): T[] =>
  objects.toSorted((left, right) => left.created - right.created);
