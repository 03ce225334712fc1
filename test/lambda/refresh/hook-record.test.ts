import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookRecordSchema, newHookRecord, tailOf } from '../../../lambda/refresh/hook-record.ts';
import { actionOf, FUNCTION } from './support/hooks.ts';

const bytesOf = (text: string) => Buffer.byteLength(text);

describe('the end of an output', () => {
  it.each([
    ['', ''],
    ['short\n', 'short\n'],
    ['x'.repeat(4_096), 'x'.repeat(4_096)],
    [`a${'x'.repeat(4_096)}`, 'x'.repeat(4_096)],
    [`${'ä'.repeat(2_048)}`, 'ä'.repeat(2_048)],
    // The first of them is cut in two.
    [`${'ä'.repeat(2_049)}b`, `${'ä'.repeat(2_047)}b`],
    [`😀${'x'.repeat(4_093)}`, 'x'.repeat(4_093)],
  ])('of %#', (output, tail) => {
    expect(tailOf(output)).toBe(tail);
  });

  it('is an end of it, of at most 4096 bytes, and as long as letters allow', () => {
    const output = fc
      .array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 20 })
      .map((parts) => parts.join('').repeat(400));
    fc.assert(
      fc.property(output, (text) => {
        const tail = tailOf(text);
        expect(text.endsWith(tail)).toBe(true);
        expect(bytesOf(tail)).toBeLessThanOrEqual(4_096);
        expect(bytesOf(tail)).toBeGreaterThan(Math.min(bytesOf(text), 4_096) - 4);
      }),
      { numRuns: 30 },
    );
  });
});

it('a hook that has not begun is noted as one', () => {
  const record = newHookRecord('on_failure', actionOf({ lambda: FUNCTION }), 'SKIPPED', 'Why.');

  expect(hookRecordSchema.parse(record)).toEqual({
    point: 'on_failure',
    name: FUNCTION,
    kind: 'lambda',
    calls: FUNCTION,
    status: 'SKIPPED',
    begun: null,
    ended: null,
    command: null,
    results: [],
    problem: 'Why.',
  });
});
