import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  notifyEnvironment,
  oracleEnvironment,
  startEnvironment,
  stepEnvironment,
} from '../../lambda/environment.ts';
import { databaseSecretSchema } from '../../lambda/oracle/credentials.ts';
import { secretSchema } from '../../lambda/refresh/credentials.ts';
import { definitionSchema } from '../../lambda/refresh/definition.ts';
import { errorKinds } from '../../lambda/refresh/errors.ts';
import { eventSchema } from '../../lambda/refresh/request.ts';
import { settings } from '../../lib/settings.ts';
import { reference, sections } from '../../local/reference/reference.ts';
import { root } from './support/project.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/troubleshooting.md');

/** What stands under a heading, up to the next one of its level or above. */
const under = (heading: string): string => {
  const [marks = ''] = heading.split(' ');
  const [, text = ''] = page.split(`\n${heading}\n`);
  return text.split(new RegExp(`^#{2,${marks.length}} `, 'm'))[0] ?? '';
};

/** The first cells of the rows of a table that begin with a name. */
const named = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name);

describe('the page about troubleshooting', () => {
  it.each([...new Set(Object.values(errorKinds))])(
    'has every error of kind %s, from A to Z',
    (kind) => {
      const names = Object.entries(errorKinds).flatMap(([name, of]) => (of === kind ? [name] : []));

      expect(named(under(`### ${kind[0]?.toUpperCase()}${kind.slice(1)}`))).toEqual(names.sort());
    },
  );

  it('has no error twice, and none that the product does not know', () => {
    expect(named(under('## Errors')).sort()).toEqual(Object.keys(errorKinds).sort());
  });

  it('says of every error what the cause is, what the target holds and what to do', () => {
    const rows = under('## Errors').match(/^\| `.*$/gm) ?? [];

    expect(rows.filter((row) => !/^(\| [^|]+ ){4}\|$/.test(row))).toEqual([]);
  });

  it('has every alarm, and no other', () => {
    const alarms = [...read('lib/alarms.ts').matchAll(/#watch\(['`]([^'`]+)['`]/g)].map(
      ([, name = '']) => name.replace(/\$\{name\}/, '<refresh>'),
    );

    expect(named(under('## Alarms')).sort()).toEqual(alarms.sort());
  });
});

/** The names of all keys in a JSON Schema, however deep, whatever this page makes of it. */
const keyNames = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([word, below]) => [
    ...(word === 'properties' ? Object.keys(below) : []),
    ...keyNames(below),
  ]);
};

const schemas = {
  settings,
  definition: definitionSchema,
  event: eventSchema,
  secret: secretSchema,
  databaseSecret: databaseSecretSchema,
  startEnvironment,
  stepEnvironment,
  oracleEnvironment,
  notifyEnvironment,
};

describe('the reference', () => {
  it.each(Object.entries(schemas))('has every key of %s', (_, schema) => {
    const told = new Set(named(read('docs/reference.md')).map((path) => path.split('.').at(-1)));
    const keys = keyNames(z.toJSONSchema(schema, { io: 'input' }));

    expect(keys).not.toEqual([]);
    expect(keys.filter((key) => !told.has(key))).toEqual([]);
  });

  it('is what the schemas say (npm run reference writes it anew)', () => {
    expect(read('docs/reference.md')).toBe(reference());
  });

  it.each(sections())('describes every key of $title', ({ keys }) => {
    expect(keys.filter(({ node }) => !node.description).map(({ path }) => path)).toEqual([]);
  });
});
