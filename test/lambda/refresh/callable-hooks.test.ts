import { describe, expect, it } from 'vitest';
import { hookRightsSchema, programsOf, requireCallable } from '../../../lambda/refresh/hooks.ts';
import { refusalOf } from '../support/refusals.ts';
import { FUNCTION, hooksOf, toHost } from './support/hooks.ts';

const deployed = hookRightsSchema.parse({
  documents: ['AWS-RunShellScript'],
  functions: [FUNCTION],
});
const onMachine = { documents: [], functions: [], commands: true };

const document = toHost('a');
const other = { ssm: { document: 'refresh-db', instances: ['i-01234567'] } };
const command = { command: ['./stop.sh'] };
const lambda = { lambda: FUNCTION };

type Rights = Parameters<typeof requireCallable>[1];
const check = (entry: object, rights: Rights, point = 'on_failure') =>
  requireCallable(hooksOf({ [point]: [entry] }), rights, 'nightly');

describe('hooks can be called', () => {
  it.each([
    ['where there are none, by whoever', {}, undefined],
    ['documents and functions of the settings', { on_failure: [document, lambda] }, deployed],
    ['processes on the command line', { before_overwrite: [command] }, onMachine],
  ])('%s', (_, hooks, rights) => {
    expect(() => requireCallable(hooksOf(hooks), rights, 'nightly')).not.toThrow();
  });
});

it('the programs that hooks call are those of all points, each once', () => {
  const hooks = hooksOf({
    before_overwrite: [{ ...command, on_abort: { command: ['start', 'now'] } }],
    after_overwrite: [command, lambda],
  });

  expect(programsOf(hooks)).toEqual(['./stop.sh', 'start']);
});

describe('hooks are refused before anything is begun', () => {
  it('by a deployment that calls none', () => {
    expect(refusalOf(() => check(document, undefined))).toEqual({
      name: 'InvalidDefinition',
      message: 'Refresh "nightly" has hooks, but this deployment calls none.',
      remedy:
        'Add "hooks" to the settings, with the documents, instance tags and functions that they may use, and deploy; or take the hooks out.',
    });
  });

  const unnamed = (called: string): [string, string] => [
    `calls "${called}", which this deployment may not.`,
    'Name it under "hooks" in the settings and deploy; or correct the hook.',
  ];
  it.each<[object, Rights, string, string]>([
    [other, deployed, ...unnamed('refresh-db')],
    [{ lambda: `${FUNCTION}:live` }, deployed, ...unnamed(`${FUNCTION}:live`)],
    [
      command,
      deployed,
      'is a command, which only the command line can run.',
      'Use { "ssm": … } or { "lambda": … } in AWS.',
    ],
    [
      command,
      { ...onMachine, missing: ['./stop.sh'] },
      'calls "./stop.sh", a program that cannot be started on this machine.',
      'Correct it, or see that the file is there and may be executed. A name without "/" is looked up in PATH, a relative path from the folder in which the command line runs.',
    ],
    ...[other, lambda].map((entry): [object, Rights, string, string] => [
      entry,
      onMachine,
      'needs AWS, and this is the command line.',
      'Here a hook is a process of this machine: { "command": ["program", "argument"] }. Write it so, or have the deployment run the refresh.',
    ]),
  ])('%j', (entry, rights, problem, remedy) => {
    expect(refusalOf(() => check(entry, rights))).toEqual({
      name: 'InvalidDefinition',
      message: `Refresh "nightly" has a hook at hooks.on_failure[0] that ${problem}`,
      remedy,
    });
  });

  it('by their name, where they have one', () => {
    const entry = { ...other, name: 'open the database' };

    expect(refusalOf(() => check(entry, deployed)).message).toContain(
      'at hooks.on_failure[0] ("open the database") that calls "refresh-db"',
    );
  });

  it('also what makes another one undone', () => {
    const entry = { ...document, on_abort: other };

    expect(refusalOf(() => check(entry, deployed, 'before_overwrite')).message).toContain(
      'has a hook at hooks.before_overwrite[0].on_abort that calls "refresh-db"',
    );
  });
});
