import { describe, expect, it } from 'vitest';
import type { Run } from '../../../lambda/refresh/run.ts';
import {
  backupDocument,
  snapshotDocument,
  writeDocument,
} from '../../../lambda/steps/documents.ts';
import { findBackupMode } from '../../../lambda/steps/find-backup-mode.ts';
import { noteBackupEnded } from '../../../lambda/steps/note-backup-ended.ts';
import type { ExecutionState } from '../../../lambda/steps/ports.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { rejectionOf } from '../support/refusals.ts';
import { arnOf, begun, nightly } from './support/bench.ts';
import { withoutArray } from './support/without-array.ts';

const note = {
  refresh: 'nightly',
  execution: arnOf('nightly-0'),
  database: 'PRD',
  seen: '2026-11-24T00:10:00.000Z',
  is_over: false,
  max_seconds: 120,
  settle_seconds: 30,
  archive_log: false,
};

/** A bucket in which the run `nightly-0` has left its note, and a way to look at that execution. */
const setUp = async (more: Partial<typeof note> = {}, state: ExecutionState = 'dead') => {
  const store = new MemoryStore();
  store.put('refreshes/nightly.json', nightly);
  await writeDocument(store, 'nightly-0', backupDocument, { ...note, ...more });
  const ports = withoutArray(store, {
    executionState: async (arn) => (arn === note.execution ? state : 'unknown'),
  });
  return { store, ports };
};
const recovering = (more: object = {}): Run => begun({ recover: 'nightly-0', ...more });

describe('a run that clears up after one that has left a note of backup mode', () => {
  it('ends nothing where a doctor is asked for as well, which Prepare refuses', async () => {
    const { ports } = await setUp();

    expect(await findBackupMode(recovering({ doctor: true }), ports)).toMatchObject({
      ends_backup: false,
    });
  });

  it.each<ExecutionState>(['dead', 'unknown'])('ends that first (%s)', async (state) => {
    const { ports } = await setUp({}, state);

    const run = await findBackupMode(recovering(), ports);

    expect(run).toMatchObject({ execute: true, ends_backup: true, warnings: [] });
    expect(run.backup).toEqual({
      run: 'nightly-0',
      database: 'PRD',
      begun: null,
      since: null,
      // No step of that run begins it later than two hours after it has looked.
      not_after: '2026-11-24T02:10:00.000Z',
      ended: null,
      max_seconds: 120,
      archive_log: false,
      settle_seconds: 30,
      wait_seconds: 0,
      settled: false,
      done: false,
    });
  });

  it('takes all backup mode for that run’s where nobody knows when it looked', async () => {
    const { store, ports } = await setUp();
    await writeDocument(store, 'nightly-0', backupDocument, { ...note, seen: null });

    expect((await findBackupMode(recovering(), ports)).backup?.not_after).toBeNull();
  });

  it('does not wait for the statement where that run has taken its snapshot', async () => {
    const { store, ports } = await setUp();
    await writeDocument(store, 'nightly-0', snapshotDocument, []);

    expect((await findBackupMode(recovering(), ports)).backup?.settled).toBe(true);
  });

  it('is refused while that run is at work', async () => {
    const { ports } = await setUp({}, 'alive');

    expect(await rejectionOf(findBackupMode(recovering(), ports))).toMatchObject({
      name: 'RunStillRunning',
      message: expect.stringContaining('Run "nightly-0" is at work, and database PRD may be'),
    });
  });

  it.each([
    ['the event', { execute: false }, {}],
    ['the definition', {}, { execute: false }],
  ])('as a dry run, by %s, only says so', async (_, event, definition) => {
    const { store, ports } = await setUp({}, 'alive');
    store.put('refreshes/nightly.json', { ...nightly, ...definition });

    const run = await findBackupMode(recovering(event), ports);

    expect(run).toEqual({
      ...recovering(event),
      warnings: ['An execution first sees to it that database PRD is out of backup mode.'],
    });
  });
});

describe('a run has no backup mode to end', () => {
  it('where it clears up after nobody', async () => {
    const { ports } = await setUp();

    expect(await findBackupMode(begun(), ports)).toEqual(begun());
  });

  it('where the one that it clears up after has left no note', async () => {
    const { store, ports } = await setUp();
    store.objects.delete('runs/nightly-0/backup.json');

    expect(await findBackupMode(recovering(), ports)).toEqual(recovering());
  });

  it('where the other has noted that it is over', async () => {
    const { ports } = await setUp({ is_over: true }, 'alive');

    expect(await findBackupMode(recovering(), ports)).toEqual(recovering());
  });
});

it('a run of another refresh is refused, and the right one named', async () => {
  const { ports } = await setUp({ refresh: 'weekly' });

  expect(await rejectionOf(findBackupMode(recovering(), ports))).toMatchObject({
    name: 'InvalidEvent',
    message: expect.stringContaining('may have left database PRD in backup mode'),
    remedy: 'Send { "refresh": "weekly", "recover": "nightly-0", "execute": true }.',
  });
});

it('a note that backup mode is over is found', async () => {
  const { store, ports } = await setUp();
  const run = await findBackupMode(recovering(), ports);

  await noteBackupEnded(run, ports);

  expect(await findBackupMode(recovering(), ports)).toEqual(recovering());
  expect(JSON.parse(store.objects.get('runs/nightly-0/backup.json') ?? '')).toEqual({
    ...note,
    is_over: true,
  });
});
