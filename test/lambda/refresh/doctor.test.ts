import { describe, expect, it } from 'vitest';
import {
  type Check,
  fail,
  judgeError,
  pass,
  requireHealthy,
  warn,
  withHidden,
} from '../../../lambda/refresh/doctor.ts';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { refusalOf } from '../support/refusals.ts';

const checks: Check[] = [
  { check: 'pairs', ...pass('Each has its target.') },
  { check: 'use', ...warn('In use.', 'Stop it.') },
];

describe('what a look was refused with', () => {
  it.each([
    ['ProtectionGroupNotFound', 'FAIL'],
    ['TargetInUse', 'WARN'],
    ['RefreshInProgress', 'WARN'],
  ] as const)('%s is a %s with its remedy', (name, result) => {
    expect(judgeError(new RefreshError(name, 'So it is.', 'Do that.'))).toEqual({
      result,
      message: 'So it is.',
      remedy: 'Do that.',
    });
  });
});

describe('all checks', () => {
  it('pass with warnings', () => {
    expect(() => requireHealthy(checks)).not.toThrow();
  });

  it('fail with each that has failed', () => {
    const failed = [
      { check: 'source token', ...fail('Not accepted.', 'Renew it.') },
      ...checks,
      { check: 'target group', ...fail('Not there.', 'Name another.') },
    ];

    expect(refusalOf(() => requireHealthy(failed))).toMatchObject({
      name: 'DoctorFound',
      message: '2 of 4 checks failed. source token: Not accepted. target group: Not there.',
      remedy: expect.stringContaining('"doctor"'),
    });
  });

  it('name those that they hide', () => {
    const check = { check: 'source token', ...fail('Not accepted.', 'Renew it.') };

    expect(withHidden(check, [])).toBe(check);
    expect(withHidden(check, ['pairs', 'use']).message).toBe(
      'Not accepted. Not checked because of it: pairs, use.',
    );
  });
});
