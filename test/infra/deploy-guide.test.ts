import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readDefinition } from '../../lambda/refresh/definition.ts';
import { readStartEvent } from '../../lambda/steps/start-event.ts';
import { readSettings, settings } from '../../lib/settings.ts';
import { root } from './support/project.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const guide = read('docs/deploy.md');

/** The blocks of a language in a page. */
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(/^( *)```(\w+)\n(.*?)\n\1```$/gms)].flatMap(([, , found, text = '']) =>
    found === language ? [text] : [],
  );

const isRecord = z.record(z.string(), z.unknown());
/** The objects in the JSON blocks of the guide that have a key. */
const examplesWith = (key: string): unknown[] =>
  blocks(guide, 'json').flatMap((text) => {
    const value = isRecord.safeParse(JSON.parse(text));
    return value.success && Object.hasOwn(value.data, key) ? [value.data] : [];
  });

describe('the examples of the deploy guide', () => {
  it.each(blocks(guide, 'json'))('parse, number %#', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('are of every kind', () => {
    const kinds = ['refreshes', 'source_protection_group', 'refresh', 'Statement'];
    expect(kinds.map((kind) => examplesWith(kind).length)).toEqual([4, 1, 1, 2]);
  });

  it.each(examplesWith('refreshes'))('are settings that can be deployed, number %#', (example) => {
    expect(() => readSettings(example)).not.toThrow();
  });

  it.each(examplesWith('source_protection_group'))('are definitions, number %#', (example) => {
    expect(() => readDefinition(example, 'the guide')).not.toThrow();
  });

  it.each(examplesWith('refresh'))('are events, number %#', (example) => {
    expect(() => readStartEvent(example, 'the guide')).not.toThrow();
  });

  it('of an event on the bus carry overrides that are taken', () => {
    const entries = z.array(z.object({ Detail: z.string() }));
    const sent = blocks(guide, 'json').flatMap(
      (text) => entries.safeParse(JSON.parse(text)).data ?? [],
    );

    const started = sent.map(({ Detail }) =>
      readStartEvent({ refresh: 'nightly', event_id: 'one', detail: JSON.parse(Detail) }, 'one'),
    );

    expect(started.map(({ input }) => input.snapshot_name)).toEqual(['release-42']);
  });
});

const schema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});

/** The keys below a schema, as the guide spells them. An event pattern is EventBridge's own. */
const keysOf = (value: unknown, path = ''): string[] => {
  const { properties = {}, items } = schema.parse(value);
  if (items !== undefined) return keysOf(items, `${path}[]`);
  return Object.entries(properties).flatMap(([key, property]) => {
    const name = path === '' ? key : `${path}.${key}`;
    return [name, ...(key === 'eventPattern' ? [] : keysOf(property, name))];
  });
};

it('the deploy guide has a table of all keys of the settings, and of no others', () => {
  const [, table = ''] = /\n\| key \| default \|.*\n\| --- .*\n((?:\|.*\n)+)/.exec(guide) ?? [];
  const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);

  expect(listed.sort()).toEqual(keysOf(z.toJSONSchema(settings, { io: 'input' })).sort());
});

it('the deploy guide names every output of the stack', () => {
  const source = ['lib/refresh-stack.ts', 'lib/array-secrets.ts'].map(read).join('\n');
  const outputs = [...source.matchAll(/new CfnOutput\(\w+, '(\w+)'/g)].map(([, name]) => name);
  const networks = [...source.matchAll(/#network\(\s*'(\w+)'/g)].map(
    ([, id]) => `${id}SecurityGroupId`,
  );
  const [, table = ''] = /\n\| output \|.*\n\| --- .*\n((?:\|.*\n)+)/.exec(guide) ?? [];
  const listed = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);

  expect(listed.sort()).toEqual([...outputs, ...networks].sort());
});

/** A page without its code, in which brackets are no links. */
const prose = (page: string): string =>
  page.replaceAll(/^( *)```.*?\n\1```$/gms, '').replaceAll(/`[^`\n]*`/g, 'code');

/** The anchors that GitHub gives the headings of a page. */
const anchors = (path: string): string[] =>
  [
    ...read(path)
      .replaceAll(/^```.*?^```$/gms, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

it.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = relative(root, file === '' ? join(root, page) : join(root, dirname(page), file));
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchors(path).includes(anchor);
    });

  expect(broken).toEqual([]);
});

it('the picture of the architecture is small, describes itself, and loads nothing', () => {
  const picture = read('docs/architecture.svg');

  expect(picture.length).toBeLessThan(15_000);
  expect(picture).toMatch(/<title id="title">.+<\/title>\s+<desc id="desc">[^<]+<\/desc>/);
  expect(picture).not.toMatch(/href|@import|url\((?!#)/);
});
