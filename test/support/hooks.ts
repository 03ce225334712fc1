import type { HookStatus, RecordPoint } from '../../lambda/refresh/hook-record.ts';
import type { RunReport } from './run-report.ts';
import { DOCUMENT, NODE_1 } from './target-database.ts';

/** A hook that has the target's host do something; `more` of it is said otherwise. */
export const call = (action: string, more: object = {}, ssm: object = {}) => ({
  name: action,
  ssm: {
    document: DOCUMENT,
    instances: [NODE_1],
    parameters: { Action: [action], Told: ['{REFRESH_POINT} of {REFRESH_RUN}'] },
    ...ssm,
  },
  timeout_minutes: 5,
  ...more,
});

/** Hooks at every point. */
export const hooks = {
  before_snapshot: [call('quiesce')],
  after_snapshot: [call('resume')],
  before_overwrite: [call('stop', { on_abort: call('start') })],
  after_overwrite: [call('mask'), call('start')],
  on_failure: [call('tell')],
};

/** Outcome of each hook in the manifest, in order. */
export const outcomes = ({ manifest }: RunReport): [RecordPoint, string, HookStatus][] =>
  manifest.hooks.map(({ point, name, status }) => [point, name, status]);

const WRITES = ['POST /protection-group-snapshots', 'POST /volumes/batch'];

/** What happened, in order: hooks, what changed the source database, and what was asked of the array for good. */
export const course = ({ journal }: RunReport): string[] =>
  journal.flatMap(({ at, what }) => {
    const matters = {
      hook: true,
      database: what.startsWith('ALTER'),
      array: WRITES.includes(what),
    };
    return matters[at] ? [what] : [];
  });
