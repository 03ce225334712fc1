import { describe, expect, it } from 'vitest';
import type { Run } from '../../../lambda/refresh/run.ts';
import { behindBackupMode, reasonOf } from '../../../lambda/steps/reasons.ts';
import { aboutToBegin } from '../oracle/support/database-run.ts';

const BEGUN = '2026-11-24T01:00:00.000Z';
const SINCE = '2026-11-24T01:00:02.000Z';
/** What a Catch stores of an error that a handler threw. */
const thrown = (name: string, message: string) => ({
  Error: name,
  Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }),
});
const timeout = { Error: 'States.Timeout', Cause: '' };
const arrayDown = thrown('ArrayUnavailable', 'No answer.\nWhat to do: Look why.');
const stillOn = thrown('BackupModeNotEnded', 'DATABASE PRD IS STILL.\nWhat to do: Type it.');

/** A run that has begun backup mode, and whose snapshot is yet to be taken. */
const inBackupMode = (more: Partial<Run>): Run => ({
  ...aboutToBegin({ begun: BEGUN, max_seconds: 120 }),
  snapshot: { name: 'prd-pg.s1', created: null, reused: false },
  ...more,
});

describe('the reason of a failure', () => {
  it('is the error of the step', () => {
    expect(reasonOf(inBackupMode({ failure: arrayDown }))).toEqual({
      name: 'ArrayUnavailable',
      message: 'No answer.',
      remedy: 'Look why.',
    });
  });

  it('is before all others that backup mode is still on', () => {
    const run = inBackupMode({ failure: arrayDown, backup_failure: stillOn });

    expect(reasonOf(run)).toEqual({
      name: 'BackupModeNotEnded',
      message: 'DATABASE PRD IS STILL.',
      remedy: 'Type it.',
    });
    expect(behindBackupMode(run)).toEqual([
      'Beside that the run failed: ArrayUnavailable: No answer.',
    ]);
  });

  it('is that backup mode may still be on where the step that ends it was cut off', () => {
    const run = inBackupMode({ backup_failure: timeout });

    expect(reasonOf(run)).toMatchObject({
      name: 'BackupModeNotEnded',
      message: expect.stringMatching(
        /^DATABASE PRD MAY STILL BE IN BACKUP MODE, in which it was put at 2026-11-24T01:00:00.000Z, and nobody could look: States\.Timeout: /,
      ),
      remedy: expect.stringContaining('ALTER DATABASE END BACKUP;'),
    });
    expect(behindBackupMode(run)).toEqual([]);
  });

  it.each([
    ['the time that the database told', { begun: BEGUN, since: SINCE }, `put at ${SINCE},`],
    ['no time where none is known', {}, 'put at an unknown time,'],
  ])('gives then %s', (_, backup, says) => {
    const { message } = reasonOf({ ...aboutToBegin(backup), backup_failure: timeout });

    expect(message).toContain(says);
  });

  it('is that backup mode took too long where the snapshot was cut off in it', () => {
    expect(reasonOf(inBackupMode({ failure: timeout }))).toEqual({
      name: 'BackupModeOverdue',
      message:
        'The snapshot was not complete within the 120 s for which database PRD may be in backup mode.',
      remedy: expect.stringContaining('ora_backup_mode_max_seconds'),
    });
  });

  it.each<[string, Run]>([
    ['Begin Backup', { ...inBackupMode({ failure: timeout }), ...aboutToBegin() }],
    [
      'a step after the snapshot',
      inBackupMode({
        failure: timeout,
        snapshot: { name: 'prd-pg.s1', created: BEGUN, reused: false },
      }),
    ],
    ['a step without backup mode', inBackupMode({ failure: timeout, backup: undefined })],
  ])('is nothing of that kind where %s was cut off', (_, run) => {
    expect(reasonOf({ ...run, failure: timeout }).name).toBe('States.Timeout');
  });
});
