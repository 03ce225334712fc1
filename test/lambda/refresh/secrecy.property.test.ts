import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCredentials } from '../../../lambda/refresh/credentials.ts';
import { readDefinition, readSourceGroup } from '../../../lambda/refresh/definition.ts';
import { parseJson } from '../../../lambda/refresh/parsing.ts';
import { readEvent } from '../../../lambda/refresh/request.ts';
import { CANARY, documentWithCanaries } from './support/canaries.ts';

const RUNS = { numRuns: 2_000 };

const readers: Record<string, (document: unknown) => unknown> = {
  credentials: (document) => readCredentials('src', document, {}, 'secret "arrays"'),
  'a definition': (document) => readDefinition(document, 'definition "nightly"'),
  'an event': readEvent,
  'the source group of a definition': (document) => readSourceGroup(document, 'definition "x"'),
};

/** All that can be seen of the error that `act` throws; nothing when it throws none. */
const traceOf = (act: () => unknown): string => {
  try {
    act();
    return '';
  } catch (error) {
    return `${inspect(error, { depth: Number.POSITIVE_INFINITY })} ${JSON.stringify(error)}`;
  }
};

describe.each(Object.entries(readers))('reading %s', (_, read) => {
  it('never shows what stands under the key of a secret, whatever the document', () => {
    let refused = 0;
    fc.assert(
      fc.property(documentWithCanaries, (document) => {
        const trace = traceOf(() => read(document));

        if (trace !== '') refused += 1;
        expect(trace).not.toContain(CANARY);
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 2);
  });
});

describe('a secret that is no document at all', () => {
  it.each([
    ['the bare token', CANARY],
    ['the token in quotes', JSON.stringify(CANARY)],
    ['a list with the token', JSON.stringify([CANARY])],
    ['JSON that breaks off', `{ "src_flash_array_api_token": "${CANARY}",`],
    ['a token where a key should be', `{ ${CANARY} }`],
  ])('%s: is refused without being shown', (_, text) => {
    const kind = { error: 'InvalidCredentials', what: 'secret "arrays"', remedy: '' } as const;
    const trace = traceOf(() =>
      readCredentials('src', parseJson(text, kind), {}, 'secret "arrays"'),
    );

    expect(trace).toMatch(/InvalidCredentials/);
    expect(trace).not.toContain(CANARY);
  });
});
