import { describe, expect, it } from 'vitest';
import { type DatabaseRecord, NO_FACTS } from '../../../lambda/refresh/database-facts.ts';
import { type Manifest, makeManifest } from '../../../lambda/refresh/manifest.ts';
import { type RunBackup, runSchema } from '../../../lambda/refresh/run.ts';
import { reportRun } from '../../../local/command-line/report.ts';

const record: DatabaseRecord = {
  read_from: 'session',
  facts: {
    ...NO_FACTS,
    db_name: 'PRD',
    version: '19.22.0.0.0',
    db_role: 'PRIMARY',
    db_open_mode: 'READ WRITE',
    db_scn: '14203771',
    db_time: '2026-11-24T01:00:03.120Z',
  },
  shortened: [],
};

const begun = '2026-11-24T01:00:03.500Z';
const ended = '2026-11-24T01:00:05.000Z';
const backup: RunBackup = {
  run: 'run-1',
  database: 'PRD',
  begun: null,
  since: null,
  not_after: null,
  ended: null,
  max_seconds: 300,
  archive_log: true,
  settle_seconds: 60,
  wait_seconds: 0,
  settled: false,
  done: false,
};

interface Case {
  readonly run?: object;
  readonly database?: DatabaseRecord;
  readonly outcome?: Partial<Pick<Manifest, 'status' | 'target' | 'error' | 'retention'>>;
  readonly backsUp?: boolean;
}

const report = ({ run = {}, database, outcome = {}, backsUp = false }: Case): string => {
  const document = runSchema.parse({
    id: 'run-1',
    execution: 'arn',
    started: begun,
    source_protection_group: 'prd-pg',
    target_protection_group: 'dev-pg',
    ...run,
  });
  const { status = 'SUCCEEDED', target = 'refreshed', error, retention } = outcome;
  const manifest = makeManifest(
    document,
    { plan: undefined, database },
    { status, target, ...(error && { error }), ...(retention && { retention }) },
  );
  return reportRun(manifest, backsUp);
};

describe('of the source database the report tells', () => {
  it('nothing where nothing was asked of it', () => {
    expect(report({})).not.toContain('Database');
  });

  it('which it is, how it was open, and the instant', () => {
    expect(report({ database: record })).toContain(
      'Database  PRD 19.22.0.0.0, PRIMARY, READ WRITE, SCN 14203771 at 2026-11-24 01:00:03 UTC\n',
    );
  });

  it('only what is known, and that it comes from tags', () => {
    const known: DatabaseRecord = {
      read_from: 'tags',
      facts: { ...NO_FACTS, db_name: 'PRD', db_role: 'PRIMARY' },
      shortened: [],
    };

    expect(report({ database: known })).toContain(
      'Database  PRD, PRIMARY, as the tags of the snapshot say\n',
    );
  });

  it.each([
    [
      'for how long it was in backup mode',
      { begun, ended, done: true },
      'in backup mode for 1.5 s, from 2026-11-24 01:00:03 UTC to 2026-11-24 01:00:05 UTC',
    ],
    [
      'that it is out of it',
      { ended, done: true },
      'seen out of backup mode at 2026-11-24 01:00:05 UTC',
    ],
    ['that it never was in it', { done: true }, 'was not put into backup mode'],
    ['that it still is', { begun }, 'IN BACKUP MODE SINCE 2026-11-24 01:00:03 UTC'],
  ])('%s', (_, more, line) => {
    const text = report({ database: record, run: { backup: { ...backup, ...more } } });

    expect(text).toMatch(/^Database {2}PRD/m);
    expect(text).toContain(`\n          ${line}\n`);
  });

  it('that nobody knows', () => {
    const error = { name: 'BackupModeNotEnded', message: 'DATABASE PRD …', remedy: 'Type …' };

    const text = report({ run: { backup }, outcome: { status: 'FAILED', error } });

    expect(text).toContain('Database  PRD\n          MAYBE IN BACKUP MODE\n');
    expect(text).toContain('FAILED: BackupModeNotEnded\nDATABASE PRD …\nWhat to do: Type …');
  });
});

describe('of a plan in backup mode the report tells', () => {
  it.each([
    ['that the database would be put into it', {}, '0 volumes of dev-pg would be overwritten'],
    [
      'the same without a target',
      { target_protection_group: null },
      'only the snapshot would be taken',
    ],
  ])('%s', (_, run, work) => {
    const text = report({ run, database: record, outcome: { status: 'PLANNED' }, backsUp: true });

    expect(text).toContain(
      `PLANNED: database PRD would be put into backup mode, and ${work}. Nothing was changed.`,
    );
  });
});

describe('of a recovery the report tells', () => {
  const recover = (outcome: string, more: object = {}) => ({
    run: { mode: 'recover', recovery: { ...recovery, outcome }, ...more },
  });
  const recovery = {
    run: 'run-0',
    owner: null,
    guards: null,
    linger_seconds: null,
    wait_seconds: 0,
    settled: true,
    put_back: false,
    done: true,
  };
  const over = { backup: { ...backup, run: 'run-0', ended, done: true } };
  const said = 'the backup mode into which run "run-0" may have put database PRD is over.';

  it('that there was nothing, where there was no backup mode either', () => {
    expect(report(recover('nothing'))).toContain('SUCCEEDED: there was nothing to clear up.');
  });

  it('of backup mode, and not that there was nothing', () => {
    const text = report(recover('nothing', over));

    expect(text).toContain(`SUCCEEDED: ${said}`);
    expect(text).not.toContain('nothing to clear up');
  });

  it('of both', () => {
    expect(report(recover('restored', over))).toContain(
      `${said} On the target: the target group was put back`,
    );
  });

  it('what a dry run without a target group would do', () => {
    const planned = { target_protection_group: null, recovery: undefined };

    const text = report({ ...recover('nothing', planned), outcome: { status: 'PLANNED' } });

    expect(text).toContain('PLANNED: nothing would be cleared up.');
  });
});

describe('of older snapshots of the source the report tells', () => {
  const none = { keep: 7, kept: 7, destroyed: [], would_destroy: [], left: [] };

  it('which went, and which stay and why', () => {
    const retention = {
      ...none,
      destroyed: ['prd-pg.s1'],
      left: [{ name: 'prd-pg.s0', reason: 'it is still being replicated' }],
    };

    const text = report({ outcome: { retention } });

    expect(text).toContain(
      'Destroyed: prd-pg.s1 (older than the newest 7; it can be recovered)\n' +
        'Stays: prd-pg.s0 (older than the newest 7, but it is still being replicated)',
    );
  });

  it('which would go, the first ten of many', () => {
    const would_destroy = Array.from({ length: 12 }, (_, index) => `prd-pg.s${index}`);

    const text = report({
      outcome: { status: 'PLANNED', target: 'untouched', retention: { ...none, would_destroy } },
    });

    expect(text.match(/Would be destroyed: prd-pg\.s\d \(older than the newest 7\)/g)).toHaveLength(
      10,
    );
    expect(text).toContain('… and 2 more, which the manifest lists');
  });

  it('nothing where there is none', () => {
    expect(report({ outcome: { retention: none } })).not.toMatch(/destroyed|Stays/i);
  });
});
