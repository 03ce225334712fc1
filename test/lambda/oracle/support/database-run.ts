import { type Run, type RunBackup, runSchema } from '../../../../lambda/refresh/run.ts';

/** What Note Database leaves in a run. */
export const noted: RunBackup = {
  run: 'nightly-1',
  database: 'PRD',
  begun: null,
  since: null,
  not_after: null,
  ended: null,
  max_seconds: 300,
  archive_log: false,
  settle_seconds: 60,
  wait_seconds: 0,
  settled: false,
  done: false,
};

/** A run that is about to put its database into backup mode. */
export const aboutToBegin = (more: Partial<RunBackup> = {}): Run => ({
  ...runSchema.parse({
    id: 'nightly-1',
    execution: 'arn:execution:nightly-1',
    started: '2026-11-24T01:00:00.000Z',
    execute: true,
    backs_up: true,
  }),
  backup: { ...noted, ...more },
});
