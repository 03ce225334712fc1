/** One request that reached an array. */
export interface JournalEntry {
  array: string;
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** The JSON of the body, its text where it is none, null where there was no body. */
  body: unknown;
  /**
   * Null: not answered (yet, or because a fault hung up). Of a request that a fault lets act late: what the answer would
   * have been, null until then.
   */
  status: number | null;
}
