import type * as z from 'zod';
import {
  notifyEnvironment,
  oracleEnvironment,
  startEnvironment,
  stepEnvironment,
} from '../../lambda/environment.ts';
import { databaseSecretSchema } from '../../lambda/oracle/credentials.ts';
import { secretSchema } from '../../lambda/refresh/credentials.ts';
import { definitionSchema } from '../../lambda/refresh/definition.ts';
import { eventSchema } from '../../lambda/refresh/request.ts';
import { settings } from '../../lib/settings.ts';
import { type Key, keysBelow, type Node, nodeOf, titledBelow } from './keys.ts';
import { boundsOf, defaultOf, typeOf } from './words.ts';

interface Part {
  readonly title: string;
  readonly intro: string;
  readonly schema: z.ZodType;
}

/** What people, or the stack, write down, by the schema that reads it. */
const parts: readonly Part[] = [
  {
    title: 'Settings',
    intro:
      '`context.settings` in `cdk.json`, or a JSON file given as `-c settings=FILE.json`. [How they go together](deploy.md#3-settings).',
    schema: settings,
  },
  {
    title: 'Definition',
    intro:
      '`refreshes/<name>.json` in the bucket. Unknown keys are refused; keys that begin with `_` are comments.',
    schema: definitionSchema,
  },
  {
    title: 'Event',
    intro:
      'Input of the state machine and of the start function. An event on the bus has these keys, without `refresh` and `trigger`, under `detail.flasharray_refresh`.',
    schema: eventSchema,
  },
  {
    title: 'Secret of the arrays',
    intro:
      'JSON in Secrets Manager. Host and token of the source array are needed, those of the second one with `replicate`. Keys that begin with `_` are comments.',
    schema: secretSchema,
  },
  {
    title: 'Secret of the source database',
    intro: 'JSON in Secrets Manager. Keys that begin with `_` are comments.',
    schema: databaseSecretSchema,
  },
  {
    title: 'Environment of the start function',
    intro: 'Set by the stack, as the others below; nobody else needs to.',
    schema: startEnvironment,
  },
  { title: 'Environment of the step function', intro: '', schema: stepEnvironment },
  { title: 'Environment of the Oracle function', intro: '', schema: oracleEnvironment },
  { title: 'Environment of the notify function', intro: '', schema: notifyEnvironment },
];

/** The nodes of the page, by title. */
export const sections = (): readonly { title: string; intro: string; keys: readonly Key[] }[] =>
  parts.flatMap(({ title, intro, schema }) => {
    const node = nodeOf(schema);
    return [{ title, intro, keys: keysBelow(node) }, ...titledSections(node)];
  });

/** One that has the keys of one before it tells only what it adds. */
const titledSections = (node: Node): { title: string; intro: string; keys: readonly Key[] }[] => {
  const told = new Map<string, string>();
  return [...titledBelow(node)].map(([title, titled]) => {
    const keys = keysBelow(titled);
    const [known] = keys.flatMap(({ path }) => told.get(path) ?? []);
    const added = keys.filter(({ path }) => !told.has(path));
    for (const { path } of added) told.set(path, title);
    return known === undefined
      ? { title, intro: '', keys }
      : { title, intro: `The keys of a ${known.toLowerCase()}, and:`, keys: added };
  });
};

const row = ({ path, isRequired, node }: Key): string => {
  const cells = [
    `\`${path}\``,
    typeOf(node),
    defaultOf(node, isRequired),
    boundsOf(node).join('; '),
    node.description ?? '',
  ];
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
};

/** `docs/reference.md`, made of the schemas: `npm run reference`. */
export const reference = (): string =>
  [
    '# Reference',
    'Every key that is read, made of the schemas that read it by `npm run reference`. A pattern is a regular expression.',
    ...sections().flatMap(({ title, intro, keys }) => [
      `## ${title}`,
      ...(intro === '' ? [] : [intro]),
      [
        '| key | type | default | bounds | |',
        '| --- | --- | --- | --- | --- |',
        ...keys.map(row),
      ].join('\n'),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
