import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../lib/settings.ts';
import { problemsWith } from './support/settings-problems.ts';

const problemsOf = (settings: object) => problemsWith({ refreshes: [], ...settings });
const ofAge = (maxAgeHours: unknown) => ({ refreshes: [{ name: 'nightly', maxAgeHours }] });

describe('who is told', () => {
  it.each<[object | undefined, emails: string[], successes: boolean]>([
    [undefined, [], false],
    [{}, [], false],
    [{ successes: true }, [], true],
    [{ emails: ['dba@example.com'] }, ['dba@example.com'], false],
    [
      { emails: ['a@example.com', 'b+c@d.example'], successes: true },
      ['a@example.com', 'b+c@d.example'],
      true,
    ],
  ])('by %j', (notifications, emails, successes) => {
    expect(readSettings({ refreshes: [], notifications }).notifications).toEqual({
      emails,
      successes,
    });
  });
});

describe('the age from which on somebody is told', () => {
  it('is none where the settings name none', () => {
    expect(readSettings({ refreshes: [{ name: 'nightly' }] }).refreshes).toEqual([
      { name: 'nightly' },
    ]);
  });

  it('is any number of hours from one to those of a year', () => {
    const hours = fc.double({ min: 1, max: 8_760, noNaN: true });
    fc.assert(
      fc.property(hours, (it) => {
        expect(readSettings(ofAge(it)).refreshes[0]?.maxAgeHours).toBe(it);
      }),
    );
  });
});

describe('a mistake is told with its place, what was found, what was expected and what to do', () => {
  it.each<[string, object]>([
    ['notifications', { notifications: true }],
    ['notifications', { notifications: ['dba@example.com'] }],
    ['notifications.mails', { notifications: { mails: [] } }],
    ['notifications.emails', { notifications: { emails: 'dba@example.com' } }],
    ['notifications.emails[1]', { notifications: { emails: ['dba@example.com', 'dba'] } }],
    ['notifications.emails[0]', { notifications: { emails: [''] } }],
    ['notifications.emails[0]', { notifications: { emails: ['DBA <dba@example.com>'] } }],
    ['notifications.successes', { notifications: { successes: 'yes' } }],
    ['refreshes[0].maxAgeHours', ofAge(0)],
    ['refreshes[0].maxAgeHours', ofAge(-1)],
    ['refreshes[0].maxAgeHours', ofAge(0.5)],
    ['refreshes[0].maxAgeHours', ofAge(8_761)],
    ['refreshes[0].maxAgeHours', ofAge('26')],
    ['refreshes[0].maxAgeHours', ofAge(null)],
    ['refreshes[0].maxAgeHours', ofAge(Number.POSITIVE_INFINITY)],
  ])('%s of %j', (field, settings) => {
    expect(problemsOf(settings)).toEqual([
      expect.stringMatching(/: found .+, expected .+\. [A-Z].+\.$/),
    ]);
    expect(problemsOf(settings)[0]).toContain(`  settings.${field}: found `);
  });

  it('whatever stands there', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => problemsOf({ notifications: value })).not.toThrow();
        expect(() => problemsOf(ofAge(value))).not.toThrow();
      }),
    );
  });
});
