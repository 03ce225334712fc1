import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../lambda/refresh/definition.ts';
import { parameters } from '../../../runbooks/oracle/parameters.ts';
import { PAIRS } from './support/hosts.ts';
import { AFTER } from './support/refreshed.ts';

interface Action {
  name: string;
  ssm: { document: string; instances: string[]; parameters: Record<string, string[]> };
}
interface Definition {
  hooks: {
    before_overwrite: (Action & { on_abort: Action })[];
    after_overwrite: Action[];
  };
}

/** The complete definitions of the page, which people copy. */
const page = new URL('../../../docs/runbook-oracle.md', import.meta.url);
const examples = [...readFileSync(page, 'utf8').matchAll(/^```json\n(\{\n[^`]*\n\})\n```$/gm)].map(
  ([, text = '']): Definition => JSON.parse(text),
);

const VALUES: Record<string, string> = {
  REFRESH_RUN: 'nightly-20261124-010003',
  REFRESH_MANIFEST: 's3://refresh-bucket-1abc/manifests/nightly/nightly-20261124-010003.json',
  REFRESH_PAIRS: JSON.stringify(PAIRS),
};
const filled = (value: string) =>
  value.replaceAll(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? `no value ${name}`);

/** Beside those that every step needs. */
const needs = (step: string) => [
  ...(/stop|prove|rescan/.test(step) ? ['RefreshPairs', 'RefreshManifest'] : []),
  ...(/parameters|rename|restrict|open/.test(step)
    ? ['DbName', 'ParameterFile', 'RefreshManifest']
    : []),
];

it('the page has a definition for each topology', () => {
  expect(examples).toHaveLength(2);
});

describe.each(examples)('a definition of the page', ({ hooks }) => {
  const actions = [
    ...hooks.before_overwrite.flatMap((entry) => [entry, entry.on_abort]),
    ...hooks.after_overwrite,
  ].filter(({ ssm }) => ssm.document.startsWith('refresh-oracle'));

  it('is one that the product takes', () => {
    expect(() => readDefinition({ hooks }, 'definition of the page')).not.toThrow();
  });

  it('calls every step at its point', () => {
    const steps = (list: Action[]) => list.flatMap(({ ssm }) => ssm.parameters['Step'] ?? []);

    expect(steps(hooks.before_overwrite)).toEqual(['stop', 'prove']);
    expect(steps(hooks.before_overwrite.map(({ on_abort }) => on_abort))).toEqual([
      'restore',
      'rescan',
    ]);
    expect(steps(hooks.after_overwrite)).toEqual(AFTER);
  });

  it('gives every step what it needs, and nothing that the document would refuse', () => {
    for (const { name, ssm } of actions) {
      const required = Object.entries(parameters).filter(([, { default: value }]) => value == null);
      expect(Object.keys(ssm.parameters), name).toEqual(
        expect.arrayContaining([...required.map(([key]) => key), ...needs(name)]),
      );
      for (const [key, [value = '']] of Object.entries(ssm.parameters)) {
        const pattern = parameters[key]?.pattern;
        if (Array.isArray(pattern)) expect(pattern, `${name}: ${key}`).toContain(value);
        else expect(filled(value), `${name}: ${key}`).toMatch(new RegExp(pattern ?? '^unknown$'));
      }
    }
  });
});
