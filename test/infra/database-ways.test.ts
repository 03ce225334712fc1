import { describe, expect, it } from 'vitest';
import { stateMachineOf } from './support/state-machine.ts';
import { templateFor, withOracle } from './support/synthesis.ts';
import { type Choices, walkThrough } from './support/walk-through.ts';

const walk = walkThrough(stateMachineOf(templateFor(withOracle)));

const prepared = 'Begin > Clears Up? > Prepare > Execute?';
const noted = 'Database? > Read Database > Note Database > Backup Mode?';
const begun = `${prepared} > Undo? > ${noted} > Begin Backup`;
const snapshot = `${begun} > Take Snapshot In Backup Mode`;
const look = 'End Backup > Backup Ended?';
const ended = `${look} > Note Backup Ended > And Now?`;
const endedLate = `${look} > Wait For Database > ${ended}`;
const released =
  'Plan Overwrite > Acquire Guard > Overwrite Volumes > Answered? > Verify Target > Release Guard';
const done = 'Record Result > Done';
const failed = 'Record Failure > Failed';
const found = 'Begin > Clears Up? > Find Backup Mode > In Backup Mode?';
const recovered = 'Recover Target > Recovered? > Wait For Takeover > Recover Target > Recovered?';

const inBackupMode: Choices = { execute: true, reads_database: true, backs_up: true };
const clearingUp: Choices = { execute: true, recovers: true, ends_recovered: true };
const recover = { refresh: 'nightly', recover: 'nightly-0' };

describe('the way of a refresh', () => {
  it.each<[Choices, string]>([
    [{ execute: false }, `${prepared} > Database? > ${done}`],
    [{ execute: false, reads_database: true, backs_up: true }, `${prepared} > ${noted} > ${done}`],
    [
      { execute: true, has_target: false },
      `${prepared} > Undo? > Database? > Take Snapshot > Replicate? > Target Group? > ${done}`,
    ],
    [
      { execute: true, has_target: false, reads_database: true },
      `${prepared} > Undo? > ${noted} > Take Snapshot > Replicate? > Target Group? > ${done}`,
    ],
    [inBackupMode, `${snapshot} > ${ended} > Replicate? > Target Group? > ${released} > ${done}`],
    [
      { execute: true, undo: true, reads_database: true },
      `${prepared} > Undo? > ${released.replace('Plan Overwrite > ', '')} > ${done}`,
    ],
  ])('%j', async (choices, path) => {
    const walked = await walk({ choices });

    expect(walked.path).toBe(path);
    expect(walked.outcome.status).toBe('fulfilled');
  });
});

describe('a failure', () => {
  it.each(['Read Database', 'Note Database'])(
    'of %s is recorded: the database is as it was',
    async (name) => {
      const { path } = await walk({ choices: inBackupMode, failing: [name] });

      expect(path).toMatch(new RegExp(`${name} > ${failed}$`));
    },
  );

  it('of Begin Backup ends it before it is recorded, also where that takes a second look', async () => {
    const failing = ['Begin Backup'];
    const known = await walk({ choices: inBackupMode, failing });
    const unsure = await walk({ choices: { ...inBackupMode, may_begin: true }, failing });

    expect(known.path).toBe(`${begun} > ${ended} > ${failed}`);
    expect(unsure.path).toBe(`${begun} > ${endedLate} > ${failed}`);
  });

  it('of the snapshot ends backup mode before it is recorded', async () => {
    const { path } = await walk({
      choices: inBackupMode,
      failing: ['Take Snapshot In Backup Mode'],
    });

    expect(path).toBe(`${snapshot} > ${ended} > ${failed}`);
  });

  it('of the note that it is over changes nothing: whoever clears up looks once more', async () => {
    const failing = ['Note Backup Ended'];
    const refreshed = await walk({ choices: inBackupMode, failing });
    const cleared = await walk({
      choices: { ...clearingUp, ends_backup: true },
      input: recover,
      failing,
    });

    expect(refreshed.path).toBe(
      `${snapshot} > ${ended} > Replicate? > Target Group? > ${released} > ${done}`,
    );
    expect(refreshed.outcome.status).toBe('fulfilled');
    expect(cleared.path).toBe(
      `${found} > ${ended} > Prepare > Execute? > ${recovered} > Backup Mode Left? > ${done}`,
    );
    expect(cleared.outcome.status).toBe('fulfilled');
  });

  it('of the snapshot is recorded, also where the note that it is over fails as well', async () => {
    const failing = ['Take Snapshot In Backup Mode', 'Note Backup Ended'];
    const { path } = await walk({ choices: inBackupMode, failing });

    expect(path).toBe(`${snapshot} > ${ended} > ${failed}`);
  });

  it('to end backup mode ends the run: nothing is overwritten', async () => {
    const { path, outcome } = await walk({ choices: inBackupMode, failing: ['End Backup'] });

    expect(path).toBe(`${snapshot} > End Backup > Target To Clear Up? > ${failed}`);
    expect(outcome.status).toBe('rejected');
  });
});

describe('the way of a run that clears up after another', () => {
  it('that has left no backup mode', async () => {
    const { path } = await walk({ choices: clearingUp, input: recover });

    expect(path).toBe(`${found} > Prepare > Execute? > ${recovered} > Backup Mode Left? > ${done}`);
  });

  it('that may have left its database in it: that comes before any array', async () => {
    const { path, outcome } = await walk({
      choices: { ...clearingUp, ends_backup: true, may_begin: true },
      input: recover,
    });

    expect(path).toBe(
      `${found} > ${endedLate} > Prepare > Execute? > ${recovered} > Backup Mode Left? > ${done}`,
    );
    expect(outcome.status).toBe('fulfilled');
  });

  it('and cannot end its backup mode puts the target back all the same, and fails', async () => {
    const { path, outcome } = await walk({
      choices: { ...clearingUp, ends_backup: true },
      input: recover,
      failing: ['End Backup'],
    });

    expect(path).toBe(
      `${found} > End Backup > Target To Clear Up? > Prepare > Execute? > ${recovered} > Backup Mode Left? > ${failed}`,
    );
    expect(outcome.status).toBe('rejected');
  });
});
