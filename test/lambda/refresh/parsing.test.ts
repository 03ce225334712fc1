import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseInput, parseJson, withoutComments } from '../../../lambda/refresh/parsing.ts';
import { refusalOf } from '../support/refusals.ts';

const kind = { error: 'InvalidEvent', what: 'event', remedy: 'Send another.' } as const;
const schema = z.strictObject({
  name: z.string().min(1).optional(),
  count: z.number().optional(),
  items: z.array(z.strictObject({ id: z.string() })).optional(),
  api_token: z.string().optional(),
});
const messageFor = (value: unknown) => refusalOf(() => parseInput(schema, value, kind)).message;

describe('a mistake in some input', () => {
  it.each<[string, unknown, string]>([
    ['another type', { count: 'three' }, 'count: expected a number, found "three"'],
    ['an empty text', { name: '' }, 'name: expected some text, found ""'],
    ['null', { name: null }, 'name: expected text, found null'],
    ['a list', { name: [1] }, 'name: expected text, found a list'],
    ['an object', { name: {} }, 'name: expected text, found an object'],
    ['something missing', { items: [{}] }, 'items[0].id: expected text, found nothing'],
    ['an unknown key', { nmae: 'a' }, 'unknown key "nmae"'],
    ['an unknown key further down', { items: [{ id: 'a', x: 1 }] }, 'unknown key "x" in items[0]'],
    ['a key of every object', { constructor: 1 }, 'unknown key "constructor"'],
    ['a secret', { api_token: 17 }, 'api_token: expected text, found a number (not shown)'],
    ['no object', [], 'the document: expected an object, found a list'],
  ])('%s: is told with its place, what was found and what is expected', (_, value, problem) => {
    expect(messageFor(value)).toBe(`The event is not valid: ${problem}.`);
  });

  it('several are told at once', () => {
    expect(messageFor({ name: 1, count: 'a' })).toBe(
      'The event is not valid: name: expected text, found 1; count: expected a number, found "a".',
    );
  });

  it('long ones are told in short', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`${index}-${'k'.repeat(1_000)}`, index]),
    );

    expect(messageFor({ name: 7, count: 'v'.repeat(10_000), ...many }).length).toBeLessThan(2_000);
    expect(messageFor({ items: Array.from({ length: 1_000 }, () => 1) })).toMatch(
      /and 990 more\.$/,
    );
  });
});

describe('text that is not JSON', () => {
  it.each([
    ['', 'The event is not JSON.'],
    ['{\n"a": 1,\n"b" 2 }', 'The event is not JSON (line 3).'],
  ])('%j: %s', (text, message) => {
    expect(refusalOf(() => parseJson(text, kind))).toEqual({
      name: 'InvalidEvent',
      message,
      remedy: 'Send another.',
    });
  });
});

it('a byte order mark, as editors on Windows write it, is no mistake', () => {
  expect(parseJson('\uFEFF{"a":1}', kind)).toEqual({ a: 1 });
});

it('keys that begin with "_" are comments', () => {
  expect(withoutComments({ _why: 1, a_b: 2 })).toEqual({ a_b: 2 });
  expect(withoutComments(['_'])).toEqual(['_']);
  expect(withoutComments('_')).toBe('_');
});
