import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Definition, readDefinition } from '../../../lambda/refresh/definition.ts';
import { calledBy, hasHooks, kindOf, nameOf, valueNames } from '../../../lambda/refresh/hooks.ts';
import { refusalOf } from '../support/refusals.ts';
import { actionOf, FUNCTION, HOST, hooksOf, toHost } from './support/hooks.ts';

const read = (hooks: unknown): Definition['hooks'] =>
  readDefinition({ source_protection_group: 'prd-pg', hooks }, 'definition "nightly"').hooks;
/** What is wrong with it, without what is around that. */
const problemOf = (hooks: unknown): string => {
  const { name, message, remedy } = refusalOf(() => read(hooks));
  expect(name).toBe('InvalidDefinition');
  expect(remedy).toContain('Correct the definition.');
  return message.replace('The definition "nightly" is not valid: ', '').replace(/\.$/, '');
};
const at = (entry: unknown) => ({ before_overwrite: [entry] });
const document = (more: object) =>
  at({ ssm: { document: 'refresh-db', instances: [HOST], ...more } });
const ENTRY = 'hooks.before_overwrite[0]';

describe('hooks of a definition', () => {
  it('are none where it says nothing', () => {
    const hooks = readDefinition({ source_protection_group: 'prd-pg' }, 'definition "n"').hooks;

    expect(hooks).toEqual({
      before_snapshot: [],
      after_snapshot: [],
      before_overwrite: [],
      after_overwrite: [],
      on_failure: [],
    });
    expect(hasHooks(hooks)).toBe(false);
  });

  it('have half an hour, and what else they say', () => {
    const hooks = read({
      before_overwrite: [{ ...toHost('stop'), on_abort: toHost('start', { timeout_minutes: 5 }) }],
      on_failure: [{ lambda: FUNCTION }],
    });

    expect(hooks.before_overwrite).toMatchObject([
      { name: 'stop', timeout_minutes: 30, on_abort: { name: 'start', timeout_minutes: 5 } },
    ]);
    expect(hooks.on_failure).toEqual([{ lambda: FUNCTION, timeout_minutes: 30 }]);
    expect(hasHooks(hooks)).toBe(true);
  });

  it.each([
    [{ instances: undefined, targets: [{ key: 'tag:db', values: ['dev', 'test'] }] }],
    [{ instances: ['mi-0123456789abcdef0', 'i-01234567'] }],
    [{ document: 'AWS-RunShellScript', parameters: { commands: ['echo {REFRESH_RUN}', '{}'] } }],
    [{ document: 'arn:aws:ssm:eu-central-1:123456789012:document/shared/db' }],
    [{ parameters: { Names: valueNames.map((name) => `{${name}}`) } }],
    [{ parameters: { Any: ['$HOME {lower} {{ Param }}', ''] } }],
  ])('take a document with %j', (more) => {
    expect(read(document(more)).before_overwrite).toHaveLength(1);
  });

  it.each([
    ['ssm', toHost('stop'), 'AWS-RunShellScript', 'stop'],
    ['lambda', { lambda: `${FUNCTION}:live` }, `${FUNCTION}:live`, `${FUNCTION}:live`],
    ['command', { command: ['./stop.sh', 'now'] }, './stop.sh', './stop.sh'],
  ])('are of the kind %s, and called by their name', (kind, entry, calls, name) => {
    const action = actionOf(entry);

    expect([kindOf(action), calledBy(action), nameOf(action)]).toEqual([kind, calls, name]);
  });
});

describe('a mistake is told with its place, what was expected and what was found', () => {
  const ONE_KIND = 'expected exactly one of "ssm", "lambda" and "command", found an object';

  it.each([
    [[], 'hooks: expected an object, found a list'],
    [{ before: [] }, 'unknown key "before" in hooks'],
    [{ on_failure: {} }, 'hooks.on_failure: expected an array, found an object'],
    [at({}), `${ENTRY}: ${ONE_KIND}`],
    [at({ ...toHost('a'), lambda: FUNCTION }), `${ENTRY}: ${ONE_KIND}`],
    [at({ command: ['a'], lambda: FUNCTION }), `${ENTRY}: ${ONE_KIND}`],
    [at({ command: ['a'], user: 'root' }), `unknown key "user" in ${ENTRY}`],
    [at({ ...toHost('a'), on_abort: {} }), `${ENTRY}.on_abort: ${ONE_KIND}`],
    [
      at({ ...toHost('a'), on_abort: toHost('b', { on_abort: toHost('c') }) }),
      `unknown key "on_abort" in ${ENTRY}.on_abort`,
    ],
    [at({ command: [] }), `${ENTRY}.command: `],
    [at({ command: [''] }), `${ENTRY}.command[0]: expected some text, found ""`],
    [at(toHost('')), `${ENTRY}.name: expected some text, found ""`],
    [at(toHost('a', { timeout_minutes: 0 })), `${ENTRY}.timeout_minutes: `],
    [at(toHost('a', { timeout_minutes: 721 })), `${ENTRY}.timeout_minutes: `],
    [at(toHost('a', { timeout_minutes: 1.5 })), `${ENTRY}.timeout_minutes: `],
    [
      at({ lambda: 'mask' }),
      `${ENTRY}.lambda: expected the ARN of a Lambda function, found "mask"`,
    ],
    [
      document({ document: 'a b' }),
      `${ENTRY}.ssm.document: expected the name or the ARN of a Command document, found "a b"`,
    ],
    [
      document({ instances: ['db01'] }),
      `${ENTRY}.ssm.instances[0]: expected the id of a managed instance, "i-…" or "mi-…", found "db01"`,
    ],
    [document({ instances: [] }), `${ENTRY}.ssm.instances: `],
    [document({ instances: Array(51).fill(HOST) }), `${ENTRY}.ssm.instances: `],
    [
      document({ instances: undefined }),
      `${ENTRY}.ssm: expected either "instances" or "targets", found an object`,
    ],
    [
      document({ targets: [{ key: 'tag:db', values: ['dev'] }] }),
      `${ENTRY}.ssm: expected either "instances" or "targets", found an object`,
    ],
    [
      document({ instances: undefined, targets: [{ key: 'db', values: ['dev'] }] }),
      `${ENTRY}.ssm.targets[0].key: expected "tag:" and the key of a tag, found "db"`,
    ],
    [
      document({
        instances: undefined,
        targets: [{ key: 'tag:db', values: ['x'.repeat(1_000), 'y'.repeat(1_000)] }],
      }),
      `${ENTRY}.ssm.targets: expected at most 2000 characters, found a list`,
    ],
    [document({ parameters: { 'a-b': ['c'] } }), `${ENTRY}.ssm.parameters.a-b: `],
    [
      document({ parameters: { a: ['{REFRESH_PAIR}'] } }),
      `${ENTRY}.ssm.parameters.a[0]: expected no other values than ${valueNames.join(', ')}, found "{REFRESH_PAIR}"`,
    ],
    [
      document({ parameters: { commands: ['x'.repeat(4_000)] } }),
      `${ENTRY}.ssm.parameters: expected at most 4000 characters; put a longer script into a Command document of its own, found an object`,
    ],
    [
      {
        before_snapshot: [toHost('a', { timeout_minutes: 300 })],
        before_overwrite: [
          {
            ...toHost('b', { timeout_minutes: 300 }),
            on_abort: toHost('c', { timeout_minutes: 121 }),
          },
        ],
      },
      'hooks: expected timeout_minutes of at most 720 for all hooks together, found an object',
    ],
  ])('%j', (hooks, problem) => {
    expect(problemOf(hooks)).toContain(problem);
  });

  it.each(['before_snapshot', 'after_snapshot', 'after_overwrite', 'on_failure'])(
    'on_abort has no place at %s',
    (point) => {
      const entry = { ...toHost('a'), on_abort: toHost('b') };

      expect(problemOf({ [point]: [entry] })).toBe(`unknown key "on_abort" in hooks.${point}[0]`);
    },
  );

  it('and nothing of what a program is given where it is no list of texts', () => {
    expect(problemOf(at({ command: ['login', { password: 'canary-3c1f' }] }))).not.toContain(
      'canary-3c1f',
    );
  });

  it('never in another way, whatever the hooks are', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        for (const hooks of [anything, at(anything), document({ parameters: anything })]) {
          const known = refusalOr(() => read(hooks));
          expect(['read', 'InvalidDefinition']).toContain(known);
        }
      }),
    );
  });
});

/** What `act` refuses it with, or that it does not. */
const refusalOr = (act: () => unknown): string => {
  try {
    act();
    return 'read';
  } catch (error) {
    return refusalOf(() => {
      throw error;
    }).name;
  }
};

it('all the minutes that there are can be used', () => {
  expect(hooksOf({ on_failure: [toHost('a', { timeout_minutes: 720 })] }).on_failure).toHaveLength(
    1,
  );
});
