import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandRequest,
  commandRequest,
  functionPayload,
  hookValues,
} from '../../../lambda/refresh/hook-values.ts';
import type { Plan } from '../../../lambda/refresh/plan.ts';
import { actionOf, FUNCTION, HOST, toHost } from './support/hooks.ts';

const GIB = 2 ** 30;
const run = {
  id: 'nightly-1',
  source_protection_group: 'prd-pg',
  target_protection_group: 'dev-pg',
  snapshot: { name: 'prd-pg.s1', created: null, reused: false },
};
const MANIFEST = 's3://bucket/manifests/nightly/nightly-1.json';

const planOf = (...names: string[]): Plan => ({
  pairs: names.map((name) => ({
    source: {
      id: `s-${name}`,
      name: `prd-${name}`,
      size: GIB,
      replica_id: null,
      snapshot: `prd-pg.s1.prd-${name}`,
      created: 1,
    },
    target: {
      id: `t-${name}`,
      name: `dev-${name}`,
      serial: 'A1B2C3D4E5F60718293A4B5C',
      size: GIB,
      created: 1,
      mapping: null,
    },
    rule: 'equal' as const,
    mapping: null,
  })),
  excluded: [],
  unused: [],
  warnings: [],
  hash: 'abc',
});
const values = hookValues('before_overwrite', run, planOf('data'), MANIFEST);

const PAIRS = '[{"source":"prd-data","target":"dev-data","serial":"A1B2C3D4E5F60718293A4B5C"}]';
const all = {
  REFRESH_RUN: 'nightly-1',
  REFRESH_POINT: 'before_overwrite',
  REFRESH_SOURCE_PG: 'prd-pg',
  REFRESH_TARGET_PG: 'dev-pg',
  REFRESH_SNAPSHOT: 'prd-pg.s1',
  REFRESH_MANIFEST: MANIFEST,
  REFRESH_PAIRS: PAIRS,
};

describe('what a hook is told', () => {
  it('is where the run is, and on what', () => {
    expect(values).toEqual(all);
  });

  it('is empty where that is not known', () => {
    const unknown = { id: 'r', source_protection_group: undefined, target_protection_group: null };

    expect(
      hookValues('on_failure', { ...unknown, snapshot: undefined }, undefined, MANIFEST),
    ).toEqual({
      REFRESH_RUN: 'r',
      REFRESH_POINT: 'on_failure',
      REFRESH_SOURCE_PG: '',
      REFRESH_TARGET_PG: '',
      REFRESH_SNAPSHOT: '',
      REFRESH_MANIFEST: MANIFEST,
      REFRESH_PAIRS: '[]',
    });
  });

  it('leaves the pairs out where they are too long', () => {
    const many = planOf(...Array.from({ length: 200 }, (_, at) => `data-${at}`));

    expect(hookValues('before_overwrite', run, many, MANIFEST).REFRESH_PAIRS).toBe('');
  });
});

describe('the request', () => {
  it('for instances', () => {
    const action = actionOf({
      ssm: {
        document: 'dev-db',
        instances: [HOST],
        parameters: { Action: ['stop', '{REFRESH_RUN}'] },
      },
    });

    expect(commandRequest(action, values)).toEqual({
      DocumentName: 'dev-db',
      InstanceIds: [HOST],
      Parameters: { Action: ['stop', 'nightly-1'] },
      TimeoutSeconds: 120,
      Comment: 'before_overwrite of nightly-1',
    });
  });

  it('for tags, in Run Command’s words', () => {
    const targets = [{ key: 'tag:db', values: ['dev', 'test'] }];
    const request = commandRequest(actionOf({ ssm: { document: 'dev-db', targets } }), values);

    expect(request).toMatchObject({ Targets: [{ Key: 'tag:db', Values: ['dev', 'test'] }] });
    expect(request).not.toHaveProperty('InstanceIds');
  });

  it('for a process of this machine', () => {
    const action = actionOf({ command: ['./stop.sh', '{REFRESH_RUN}'], timeout_minutes: 2 });

    expect(commandRequest(action, values)).toMatchObject({
      DocumentName: 'flasharray-refresh-local-command',
      InstanceIds: ['i-00000000'],
      Parameters: {
        command: ['./stop.sh', '{REFRESH_RUN}'],
        environment: Object.entries(all).map(([name, value]) => `${name}=${value}`),
        timeoutSeconds: ['120'],
      },
    });
  });

  it('for a function', () => {
    const action = actionOf({ lambda: FUNCTION, timeout_minutes: 5 });
    const payload = {
      run: 'nightly-1',
      point: 'before_overwrite',
      source_protection_group: 'prd-pg',
      target_protection_group: 'dev-pg',
      snapshot: 'prd-pg.s1',
      manifest: MANIFEST,
      plan_hash: 'abc',
      pairs: JSON.parse(PAIRS),
      timeout_seconds: 300,
    };

    expect(functionPayload(action, values, 'abc')).toEqual(payload);
    expect(functionPayload(action, { ...values, REFRESH_PAIRS: '' }, null)).toEqual({
      ...payload,
      plan_hash: null,
      pairs: null,
    });
  });

  it.each([
    [1, 60],
    [2, 120],
    [30, 120],
  ])('of %d min is delivered within %d s or not at all', (timeout_minutes, seconds) => {
    const action = actionOf(toHost('a', { timeout_minutes }));

    expect(commandRequest(action, values).TimeoutSeconds).toBe(seconds);
  });

  it('keeps a placeholder’s value as it is, whatever is in it', () => {
    const odd = { ...values, REFRESH_SNAPSHOT: "$& $1 '{REFRESH_RUN}'" };
    const ssm = {
      document: 'dev-db',
      instances: [HOST],
      parameters: { A: ['<{REFRESH_SNAPSHOT}>'] },
    };

    expect(commandRequest(actionOf({ ssm }), odd).Parameters['A']).toEqual([
      "<$& $1 '{REFRESH_RUN}'>",
    ]);
  });
});

const commandsOf = (document: string, commands: readonly string[] | undefined, known = values) => {
  const parameters = commands && { parameters: { commands } };
  const ssm = { document, instances: [HOST], ...parameters };
  return commandRequest(actionOf({ ssm }), known).Parameters['commands'] ?? [];
};

describe('a shell script of AWS’s own document', () => {
  const print = Object.keys(all).map((name) => `printf '%s\\0' "$${name}"`);
  const told = (script: readonly string[]) =>
    execFileSync('/bin/sh', ['-c', script.join('\n')], { env: {}, encoding: 'utf8' }).split('\0');

  it('finds them in its environment', () => {
    expect(told(commandsOf('AWS-RunShellScript', print))).toEqual([...Object.values(all), '']);
  });

  it('also where the document is named by its ARN', () => {
    const arn = 'arn:aws:ssm:eu-central-1::document/AWS-RunShellScript';

    expect(commandsOf(arn, ['id'])[0]).toBe("export REFRESH_RUN='nightly-1'");
  });

  it('is not changed by odd ones, nor carries them out', () => {
    const odd = fc.oneof(
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '(', ')', '\n', '!', ';', ' ') }),
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
      fc.constantFrom("'; exit 9; '", '$(exit 9)', '`exit 9`', "'\\''", '\n'),
    );
    fc.assert(
      fc.property(odd, odd, (snapshot, pairs) => {
        const known = { ...values, REFRESH_SNAPSHOT: snapshot, REFRESH_PAIRS: pairs };

        expect(told(commandsOf('AWS-RunShellScript', print, known))).toEqual([
          ...Object.values(known),
          '',
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the line that names its interpreter first', () => {
    const commands = commandsOf('AWS-RunShellScript', ['#!/bin/bash', 'set -eu', 'id']);

    expect(commands[0]).toBe('#!/bin/bash');
    expect(commands.slice(1, -2)).toEqual(commandsOf('AWS-RunShellScript', undefined));
    expect(commands.slice(-2)).toEqual(['set -eu', 'id']);
  });

  it('is the only one that is given any: another document has no such parameter', () => {
    expect(commandsOf('refresh-oracle', ['id'])).toEqual(['id']);
  });
});

describe('a script for PowerShell', () => {
  it.each([
    ["it's", "$env:REFRESH_SNAPSHOT = 'it''s'"],
    ['“a” $b `c', "$env:REFRESH_SNAPSHOT = '“a” $b `c'"],
    // PowerShell takes each of these for an apostrophe.
    [
      '\u2018a\u2019\u201A\u201B',
      "$env:REFRESH_SNAPSHOT = '\u2018\u2018a\u2019\u2019\u201A\u201A\u201B\u201B'",
    ],
  ])('is given %s as a literal', (REFRESH_SNAPSHOT, line) => {
    expect(
      commandsOf('AWS-RunPowerShellScript', ['hostname'], { ...values, REFRESH_SNAPSHOT }),
    ).toContain(line);
  });
});

describe('the largest request', () => {
  const names = Array.from({ length: 100 }, (_, at) => `data-${at}`);
  const most = hookValues('before_overwrite', run, planOf(...names), MANIFEST);
  const sized = (ssm: object): CommandRequest => commandRequest(actionOf({ ssm }), most);
  const pairsFor = (parameters: object) =>
    sized({ document: 'dev-db', instances: [HOST], parameters });
  const instances = Array.from({ length: 50 }, (_, at) => `i-${String(at).padStart(17, '0')}`);

  it('has pairs as long as they may be', () => {
    expect(most.REFRESH_PAIRS.length).toBeGreaterThan(7_000);
    expect(pairsFor({ Pairs: ['{REFRESH_PAIRS}'] }).Parameters['Pairs']).toEqual([
      most.REFRESH_PAIRS,
    ]);
  });

  it.each([
    ['named often', { document: 'dev-db', parameters: { P: Array(200).fill('{REFRESH_PAIRS}') } }],
    [
      'beside a long script',
      {
        document: 'AWS-RunShellScript',
        parameters: { commands: ['#!/bin/sh', 'x"'.repeat(1_300), '{REFRESH_PAIRS}'] },
      },
    ],
  ])('leaves pairs out that are %s, and stays so short that the run document is', (_, ssm) => {
    const request = sized({ ...ssm, instances });
    const text = JSON.stringify({ request, instances });

    expect(text).not.toContain('prd-data-1');
    expect(text.length).toBeLessThan(14_000);
  });
});
