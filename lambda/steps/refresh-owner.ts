import * as z from 'zod';
import { RefreshError } from '../refresh/errors.ts';
import { parseInput, parseJson } from '../refresh/parsing.ts';
import type { ObjectStore } from './ports.ts';
import { manifestFolder } from './record.ts';

/** Beside the manifests of a refresh: what its marks on snapshots say. */
export const OWNER = 'owner.json';

const ownerSchema = z.strictObject({ owner: z.string().min(1) });

/**
 * Who a refresh is. Its name does not tell: another deployment, or another laptop, may have one of that name, with the same
 * source. So it is the execution that first marked a snapshot, kept in the bucket. Whoever loses the bucket is another.
 */
export const ownerOf = async (
  store: ObjectStore,
  refresh: string,
  execution: string,
): Promise<string> => {
  const known = await findOwner(store, refresh);
  if (known !== undefined) return known;
  const key = keyOf(refresh);
  const version = await store.replace(key, JSON.stringify({ owner: execution }), undefined);
  if (version !== undefined) return execution;
  const faster = await findOwner(store, refresh);
  if (faster !== undefined) return faster;
  throw new RefreshError(
    'InvalidStepInput',
    `Object "${key}" was there and is gone.`,
    'Look who else writes to the bucket.',
  );
};

/** Undefined where no run of the refresh has marked anything. */
export const findOwner = async (
  store: ObjectStore,
  refresh: string,
): Promise<string | undefined> => {
  const key = keyOf(refresh);
  const text = await store.read(key);
  if (text === undefined) return undefined;
  const input = {
    error: 'InvalidStepInput',
    what: `object "${key}"`,
    remedy:
      'Put an earlier version of it back, or remove it: then no snapshot from before counts as made by this refresh.',
  } as const;
  return parseInput(ownerSchema, parseJson(text, input), input).owner;
};

const keyOf = (refresh: string): string => `${manifestFolder(refresh)}/${OWNER}`;
