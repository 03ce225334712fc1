import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../../lambda/refresh/database-facts.ts';
import { readDefinition } from '../../../lambda/refresh/definition.ts';
import { readEvent, resolveRequest } from '../../../lambda/refresh/request.ts';
import type { Run } from '../../../lambda/refresh/run.ts';
import { requestDocument, writeDocument } from '../../../lambda/steps/documents.ts';
import { noteDatabase } from '../../../lambda/steps/note-database.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { rejectionOf } from '../support/refusals.ts';
import { arnOf, begun, nightly } from './support/bench.ts';
import { withoutArray } from './support/without-array.ts';

const facts = { ...NO_FACTS, db_name: 'PRD', db_time: '2026-11-24T01:00:00.000Z' };
const DATABASE = 'runs/nightly-1/database.json';
const NOTE = 'runs/nightly-1/backup.json';

/** A bucket with the request of the run, and the run as Read Database has left it. */
const setUp = async (more: Partial<Run> = {}) => {
  const store = new MemoryStore();
  const definition = { ...nightly, ora_backup_mode: true, ora_backup_mode_max_seconds: 120 };
  const request = resolveRequest(
    readEvent({ refresh: 'nightly' }),
    readDefinition(definition, 'definition "nightly"'),
    { id: 'nightly-1', started: new Date(0) },
  );
  await writeDocument(store, 'nightly-1', requestDocument, request);
  const reading = { facts, warnings: ['No grant.'] };
  const run: Run = { ...begun(), execute: true, backs_up: true, reading, ...more };
  return { store, ports: withoutArray(store), run };
};

describe('what was read of the database', () => {
  it('is kept in the bucket, and its warnings in the run, which does not grow by the rest', async () => {
    const { store, ports, run } = await setUp({ warnings: ['Before.'] });

    const noted = await noteDatabase(run, ports);

    expect(store.json(DATABASE)).toEqual({ read_from: 'session', facts, shortened: [] });
    expect(noted).not.toHaveProperty('reading');
    expect(noted.warnings).toEqual(['Before.', 'No grant.']);
  });

  it('is needed', async () => {
    const { ports, run } = await setUp();

    expect((await rejectionOf(noteDatabase({ ...run, reading: undefined }, ports))).name).toBe(
      'InvalidStepInput',
    );
  });
});

describe('before backup mode', () => {
  it('a note tells whoever clears up after this run what to end, and until when it may begin', async () => {
    const { store, ports, run } = await setUp();

    const { backup } = await noteDatabase(run, ports);

    const kept = { database: 'PRD', max_seconds: 120, settle_seconds: 240, archive_log: true };
    expect(store.json(NOTE)).toEqual({
      ...kept,
      refresh: 'nightly',
      execution: arnOf('nightly-1'),
      seen: '2026-11-24T01:00:00.000Z',
      is_over: false,
    });
    expect(backup).toMatchObject({ ...kept, run: 'nightly-1', begun: null, done: false });
  });

  it.each([
    ['of a dry run', { execute: false }],
    ['where only facts are asked for', { backs_up: false }],
  ])('none is written %s', async (_, more) => {
    const { store, ports, run } = await setUp(more);

    const { backup } = await noteDatabase(run, ports);

    expect(backup).toBeUndefined();
    expect([...store.objects.keys()]).not.toContain(NOTE);
    expect([...store.objects.keys()]).toContain(DATABASE);
  });
});
