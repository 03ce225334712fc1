import { sameName } from './naming.ts';

/**
 * What a run writes onto the snapshot that it makes: a name that fits the template proves nothing, since anybody can give
 * it. The keys are others than a guard's, and the tags name the very snapshot that they are on: what has got onto another
 * one, by whatever way, is no proof there. See `docs/decisions/snapshot-retention.md`.
 */
export interface Making {
  readonly refresh: string;
  /** Tells refreshes of the same name apart, of which each has a bucket of its own. */
  readonly owner: string;
  /** ARN of the execution that made the snapshot. */
  readonly execution: string;
  /** Name of the group snapshot. */
  readonly snapshot: string;
}

const KEYS = {
  refresh: 'made_for_refresh',
  owner: 'made_for_owner',
  execution: 'made_by_execution',
  snapshot: 'made_as',
} as const satisfies Record<keyof Making, string>;

export const madeKeys: readonly string[] = Object.values(KEYS);

export const madeTags = ({ refresh, owner, execution, snapshot }: Making) => [
  { key: KEYS.refresh, value: refresh },
  { key: KEYS.owner, value: owner },
  { key: KEYS.execution, value: execution },
  { key: KEYS.snapshot, value: snapshot },
];

/** What the tags of a snapshot tell; undefined where they are not all there, or are about another snapshot. */
export const readMadeTags = (
  tags: readonly { readonly key: string; readonly value: string }[],
  groupSnapshot: string,
): Making | undefined => {
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  const [refresh, owner] = [values.get(KEYS.refresh), values.get(KEYS.owner)];
  const [execution, snapshot] = [values.get(KEYS.execution), values.get(KEYS.snapshot)];
  if (!refresh || !owner || !execution || !snapshot) return undefined;
  return sameName(snapshot, groupSnapshot) ? { refresh, owner, execution, snapshot } : undefined;
};
