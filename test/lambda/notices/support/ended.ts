import type { EndedExecution } from '../../../../lambda/notices/ended-execution.ts';
import type { Ended } from '../../../../lambda/notices/notice.ts';
import { type Manifest, makeManifest } from '../../../../lambda/refresh/manifest.ts';
import { makePlan } from '../../../../lambda/refresh/plan.ts';
import { NO_GUARD, runSchema } from '../../../../lambda/refresh/run.ts';
import { member, target } from '../../refresh/support/volumes.ts';

export const STARTED = '2026-11-24T01:00:00.000Z';
const array = { name: 'fa-prod', host: 'fa-prod.example.com', rest_version: '2.56' };

/** Of two volumes, by two steps. */
const whole = makeManifest(
  runSchema.parse({
    id: 'nightly-1',
    execution: 'arn',
    started: STARTED,
    refresh: 'nightly',
    trigger: 'schedule',
    execute: true,
    has_target: true,
    source_protection_group: 'prd-pg',
    target_protection_group: 'dev-pg',
    source_array: array,
    snapshot: { name: 'prd-pg.s1', created: STARTED, reused: false },
    guard: { ...NO_GUARD, snapshot: 'dev-pg.before-s1', target: 'refreshed' },
    steps: [
      { step: 'prepare', started: STARTED, ms: 210, requests: 9 },
      { step: 'take-snapshot', started: STARTED, ms: 90, requests: 2 },
    ],
  }),
  {
    plan: makePlan({
      sources: [member('prd-1', 1), member('prd-2', 2)],
      excluded: [],
      targets: [target('dev-1', 1), target('dev-2', 2)],
      ignoreMatch: false,
    }),
    database: undefined,
  },
  { status: 'SUCCEEDED', target: 'refreshed' },
);

/** That of a refresh that has succeeded, changed like this. */
export const manifestWith = (change: Partial<Manifest> = {}): Manifest => ({ ...whole, ...change });

export const failure = (name: string) => ({
  name,
  message: 'It was not so.',
  remedy: 'Make it so.',
});

/** A run of twelve seconds that has come to its end; without a manifest where `manifest` is undefined. */
export const endedWith = (
  execution: Partial<EndedExecution> = {},
  manifest: Manifest | undefined = undefined,
): Ended => ({
  execution: {
    executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:Refresh:nightly-1',
    name: 'nightly-1',
    status: 'SUCCEEDED',
    startDate: Date.parse(STARTED),
    stopDate: Date.parse(STARTED) + 12_000,
    input: JSON.stringify({ refresh: 'nightly' }),
    ...execution,
  },
  manifest,
  location: manifest ? 's3://bucket/manifests/nightly/nightly-1.json' : null,
});

export const succeeded = (change: Partial<Manifest> = {}): Ended =>
  endedWith({}, manifestWith(change));

/** One that failed with this error, and left its target like this. */
export const failed = (
  error: string,
  target: Manifest['target'],
  change: Partial<Manifest> = {},
): Ended =>
  endedWith(
    { status: 'FAILED', error, cause: 'It was not so.' },
    manifestWith({ status: 'FAILED', target, error: failure(error), ...change }),
  );

export const backupMode = (ended: string | null): Manifest['backup_mode'] => ({
  database: 'ERP',
  run: 'nightly-1',
  begun: STARTED,
  since: null,
  ended,
  seconds: ended === null ? null : 7,
});
