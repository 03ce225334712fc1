import pMap from 'p-map';
import {
  type Definition,
  readDefinition,
  readSourceGroup,
  requireRefreshName,
} from '../refresh/definition.ts';
import { listNames, RefreshError } from '../refresh/errors.ts';
import { sameName } from '../refresh/naming.ts';
import { parseJson } from '../refresh/parsing.ts';
import type { ObjectStore } from './ports.ts';

const PREFIX = 'refreshes/';
const SUFFIX = '.json';

const keyOf = (refresh: string): string => `${PREFIX}${refresh}${SUFFIX}`;

/**
 * The definition of a refresh.
 * @throws UnknownRefresh, naming those that there are
 * @throws InvalidDefinition
 */
export const loadDefinition = async (store: ObjectStore, refresh: string): Promise<Definition> => {
  requireRefreshName(refresh);
  const text = await store.read(keyOf(refresh));
  if (text !== undefined) return readDefinition(parseText(text, refresh), nameOf(refresh));
  const names = await listRefreshes(store);
  throw new RefreshError(
    'UnknownRefresh',
    `There is no refresh "${refresh}". ${names.length > 0 ? `There are ${listNames(names, 50)}.` : 'There is none at all.'}`,
    `Correct the name, or put the definition into the bucket as ${keyOf(refresh)}.`,
  );
};

/**
 * Refuses a target group that serves as the source of any other definition in the bucket: somebody's production.
 * @param own the refresh whose target it is, which has been checked against its own source
 * @throws TargetIsASource
 * @throws InvalidDefinition when a definition cannot be read, since its source could be this very group
 */
export const requireNoSource = async (
  store: Pick<ObjectStore, 'read' | 'list'>,
  target: string,
  own: string,
): Promise<void> => {
  const names = (await listRefreshes(store)).filter((name) => name !== own);
  const sources = await pMap(
    names,
    async (name) => {
      const text = await store.read(keyOf(name));
      // Deleted since it was listed: no definition any more.
      if (text === undefined) return { name, source: undefined };
      return { name, source: readSourceGroup(parseText(text, name), nameOf(name)) };
    },
    { concurrency: 8 },
  );
  const conflicting = sources.filter(
    ({ source }) => source !== undefined && sameName(source, target),
  );
  if (conflicting.length === 0) return;
  throw new RefreshError(
    'TargetIsASource',
    `Protection group "${target}" is the source of ${listNames(conflicting.map(({ name }) => name))}, so it is not overwritten.`,
    'Name another target_protection_group, or remove the definition that uses the group as its source.',
  );
};

/** The names of all definitions in the bucket. */
export const listRefreshes = async (store: Pick<ObjectStore, 'list'>): Promise<string[]> => {
  const keys = await store.list(PREFIX);
  return keys
    .filter((key) => key.endsWith(SUFFIX))
    .map((key) => key.slice(PREFIX.length, -SUFFIX.length));
};

const nameOf = (refresh: string): string => `definition "${refresh}"`;

const parseText = (text: string, refresh: string): unknown =>
  parseJson(text, {
    error: 'InvalidDefinition',
    what: nameOf(refresh),
    remedy: 'Correct the object; any JSON checker shows where it breaks off.',
  });
