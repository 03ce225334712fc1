import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  errorKind,
  errorKinds,
  isError,
  listNames,
  RefreshError,
  splitMessage,
} from '../../../lambda/refresh/errors.ts';

describe('the message of an error', () => {
  it('can be taken apart into problem and remedy again', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('\nWhat to do: ', 'What to do', '\n'));
    const problem = fc.array(text).map((parts) => parts.join(''));
    fc.assert(
      fc.property(problem, fc.string(), (message, remedy) => {
        const error = new RefreshError('InvalidEvent', message, remedy);
        expect(splitMessage(error.message)).toEqual({ message, remedy });
      }),
      { numRuns: 2_000 },
    );
  });

  it('of another origin has no remedy', () => {
    expect(splitMessage('Task timed out')).toEqual({ message: 'Task timed out', remedy: null });
  });
});

it('the name of every error is what its kind is listed under', () => {
  for (const [name, kind] of Object.entries(errorKinds)) expect(errorKind(name)).toBe(kind);
  expect(errorKind('States.Timeout')).toBeUndefined();
  expect(errorKind('toString')).toBeUndefined();
});

it('an error is told by its name, not by its looks', () => {
  const error = new RefreshError('SharedHost', 'a', 'b');

  expect(isError(error, 'TargetChanged', 'SharedHost')).toBe(true);
  expect(isError(error, 'TargetChanged')).toBe(false);
  expect(isError({ name: 'SharedHost' }, 'SharedHost')).toBe(false);
});

describe('a list of names', () => {
  it.each([
    [['a'], '"a"'],
    [['a', 'b'], '"a", "b"'],
    [['a', 'b', 'c', 'd'], '"a", "b", "c" and 1 more'],
  ])('%j: %s', (names, text) => {
    expect(listNames(names, 3)).toBe(text);
  });
});
