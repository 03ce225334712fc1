import { describe, expect, it } from 'vitest';
import { commandDocumentSchema, scriptOf } from '../../../local/hosts/command-document.ts';

const documentWith = (
  runCommand: readonly string[] | string,
  parameters: object = {},
  more: object = {},
) =>
  commandDocumentSchema.parse({
    schemaVersion: '2.2',
    description: 'What people write besides is let be.',
    parameters,
    mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand, ...more } }],
  });
const invalid = (message: string) =>
  expect.objectContaining({ type: 'InvalidParameters', message: expect.stringContaining(message) });

describe('the script of a document', () => {
  const parameters = {
    Action: { type: 'String', allowedValues: ['stop', 'start'] },
    Sid: { type: 'String', default: 'DEV', allowedPattern: '^[A-Z]{3}$' },
    Names: { type: 'StringList', default: ['a', 'b'] },
  };

  it('has values where the parameters stand, and defaults where none is given', () => {
    const document = documentWith(['db {{ Action }} {{Sid}}', 'echo {{ Names }}'], parameters);

    expect(scriptOf(document, { Action: ['stop'] }).text).toBe('db stop DEV\necho a b');
    expect(scriptOf(document, { Action: ['start'], Sid: ['TST'], Names: ['c'] }).text).toBe(
      'db start TST\necho c',
    );
  });

  it('may be a parameter as a whole, line by line, and is not looked into', () => {
    const document = documentWith('{{ commands }}', { commands: { type: 'StringList' } });

    expect(scriptOf(document, { commands: ['a {{ commands }}', 'b'] }).text).toBe(
      'a {{ commands }}\nb',
    );
  });

  it('keeps what stands in braces and is no parameter', () => {
    expect(scriptOf(documentWith(['awk {{ print }}']), {}).text).toBe('awk {{ print }}');
  });

  it.each([
    [{}, 3_600],
    [{ timeoutSeconds: 60 }, 60],
    [{ timeoutSeconds: '{{ executionTimeout }}' }, 90],
  ])('with %j has so many seconds: %d', (more, seconds) => {
    const executionTimeout = { type: 'String', default: '90' };

    expect(scriptOf(documentWith(['id'], { executionTimeout }, more), {}).timeoutSeconds).toBe(
      seconds,
    );
  });

  it.each<[Record<string, string[]>, string]>([
    [{}, 'parameter Action is required'],
    [{ Action: ['drop'] }, 'parameter Action has a value that is not allowed'],
    [{ Action: ['stop'], Sid: ['dev; id'] }, 'parameter Sid has a value that is not allowed'],
    [{ Action: ['stop', 'drop'] }, 'parameter Action has a value that is not allowed'],
    [{ Action: ['stop'], Other: ['x'] }, 'unknown parameters Other'],
  ])('is refused for %j', (values, message) => {
    expect(() => scriptOf(documentWith(['id'], parameters), values)).toThrow(invalid(message));
  });
});

it.each([
  { schemaVersion: '1.2' },
  { mainSteps: [] },
  { mainSteps: [{ action: 'aws:runPowerShellScript', inputs: { runCommand: [] } }] },
])('a document that is not run here is none: %j', (change) => {
  const document = { ...documentWith(['id']), ...change };

  expect(commandDocumentSchema.safeParse(document).success).toBe(false);
});
