import { describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { Interruption } from '../../../local/command-line/interruption.ts';

/** A run that has noted that it puts its database into backup mode, and one that has come out of it again. */
const inBackupMode = { backup: { run: 'run-1', database: 'PRD', done: false } };
const outOfIt = { backup: { run: 'run-1', database: 'PRD', done: true } };

const start = () => {
  const clock = { now: 0 };
  const said: string[] = [];
  const codes: number[] = [];
  const interruption = new Interruption({
    say: (text) => said.push(text),
    exit: (code) => codes.push(code),
    recovering: (run) => `npm start -- --recover ${run} -f prod.json -x`,
    waitForHook: async () => {},
    now: () => clock.now,
  });
  return { said, codes, interruption, clock };
};

describe('a first signal', () => {
  it.each(['Prepare', 'Read Database', 'Note Database', 'Begin Backup', 'Take Snapshot'])(
    'lets nothing as far as %s be begun',
    (state) => {
      const { interruption } = start();
      interruption.beforeStep('Prepare', {});
      interruption.signal();

      expect(() => interruption.beforeStep(state, {})).toThrow(
        expect.objectContaining({ name: 'Interrupted' }),
      );
    },
  );

  it('in backup mode takes no snapshot any more, and ends backup mode', () => {
    const { interruption, said } = start();
    interruption.beforeStep('Begin Backup', inBackupMode);
    interruption.signal();

    expect(said).toEqual([
      expect.stringContaining('database PRD is taken out of backup mode first'),
    ]);
    expect(() => interruption.beforeStep('Take Snapshot In Backup Mode', inBackupMode)).toThrow(
      'stopped by the person',
    );
    interruption.beforeStep('End Backup', inBackupMode);
    interruption.beforeStep('End Backup', inBackupMode);
    interruption.beforeStep('Record Failure', outOfIt);
  });

  it('does not cut short what is waited for the database', async () => {
    const { interruption, said } = start();
    interruption.beforeStep('End Backup', inBackupMode);
    interruption.signal();
    await interruption.wait(0, 'Wait For Database');

    expect(said.at(-1)).toContain('nothing that the database was asked can still happen');
  });
});

describe('where what a run notes is lost', () => {
  const lost = new RefreshError('RecordsNotKept', 'The disk is full.', 'Make room.');

  it.each(['Take Snapshot', 'Read Database', 'Begin Backup', 'Acquire Guard', 'Overwrite Volumes'])(
    '%s is not begun',
    (state) => {
      const { interruption } = start();
      interruption.beforeStep('Prepare', {});

      expect(() => interruption.beforeStep(state, {}, lost)).toThrow(lost);
    },
  );

  it('what was begun is ended, and recorded', () => {
    const { interruption } = start();
    for (const state of ['End Backup', 'Roll Back', 'Recover Target', 'Record Failure'])
      interruption.beforeStep(state, {}, lost);
  });

  it('a target that is being overwritten is overwritten to the end, and its hooks are called', () => {
    const { interruption } = start();
    interruption.beforeStep('Overwrite Volumes', {});
    for (const state of ['Overwrite Volumes', 'Verify Target', 'Release Guard', 'Follow Hooks'])
      interruption.beforeStep(state, { id: 'run-1', hook: { point: 'after_overwrite' } }, lost);
    interruption.beforeStep('Send Command', undefined, lost);
  });
});

it('a signal that comes twice at once, as through npm, is one', () => {
  const { interruption, codes, clock } = start();
  interruption.beforeStep('Overwrite Volumes', {});
  interruption.signal();
  clock.now += 999;
  interruption.signal();

  expect(codes).toEqual([]);
});

it('a signal before the first step ends it there', () => {
  const { interruption, codes } = start();
  interruption.signal();

  expect(codes).toEqual([1]);
});

describe('a second signal', () => {
  const end = (state: string, run: unknown) => {
    const { interruption, said, codes, clock } = start();
    interruption.beforeStep(state, run);
    interruption.signal();
    said.splice(0);
    clock.now += 1_000;
    interruption.signal();
    return { said: said.join('\n'), codes };
  };

  it.each(['Begin Backup', 'Take Snapshot In Backup Mode', 'End Backup', 'Record Failure'])(
    'in %s says how the database gets out of backup mode, and ends with 4',
    (state) => {
      const { said, codes } = end(state, inBackupMode);

      expect(said).toContain('DATABASE PRD MAY STILL BE IN BACKUP MODE');
      expect(said).toContain('ALTER DATABASE END BACKUP;');
      expect(said).toContain('npm start -- --recover run-1 -f prod.json -x');
      expect(codes).toEqual([4]);
    },
  );

  it('ends with 4 also where the target may be mixed, and says both', () => {
    const { said, codes } = end('Recover Target', inBackupMode);

    expect(said).toContain('take the target group as mixed');
    expect(said).toContain('MAY STILL BE IN BACKUP MODE');
    expect(codes).toEqual([4]);
  });

  it.each([
    ['Plan Overwrite', outOfIt, 1],
    ['Overwrite Volumes', outOfIt, 3],
    ['Note Database', {}, 1],
  ])('in %s has nothing to say of it', (state, run, code) => {
    const { said, codes } = end(state, run);

    expect(said).not.toContain('BACKUP MODE');
    expect(codes).toEqual([code]);
  });
});
