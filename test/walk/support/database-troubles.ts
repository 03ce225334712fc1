import { TIMEOUTS } from '../../../lambda/oracle/database.ts';
import { ARCHIVE_LOG, BEGIN_BACKUP, END_BACKUP } from '../../../lambda/oracle/statements.ts';
import type { DatabaseFault } from '../../../local/database/simulator.ts';
import { type Draft, killsAfter } from './drafts.ts';
import { LINGER_SECONDS } from './environment.ts';
import type { StatementPoint } from './trouble.ts';

type Effect = DatabaseFault['effect'];

/** Sooner than the client gives up, and so not heard; after that, and before what a run waits for what may come late. */
const UNHEARD_MS = 30_000;
/** How late a database may be with what nobody waits for any more: a little less than the four minutes that a run waits. */
const TARDY_MS = 230_000;
export const LATE_MS = TIMEOUTS.executeMs + TARDY_MS;
/** A function that outlives its execution sends it at its very end, and the database takes its time. */
const OUTLIVING_MS = LINGER_SECONDS * 1_000 + TARDY_MS;

const onAll: Readonly<Record<string, Effect>> = {
  'refused with ORA-00600': { refuse: 600 },
  'refused with ORA-01034': { refuse: 1034 },
  'connection lost before acting': { drop: 'before' },
  'no answer, not carried out': { hang: 'before' },
};
/** Those views' facts stay unknown. */
const onLooks: Readonly<Record<string, Effect>> = { 'refused with ORA-00942': { refuse: 942 } };
/** To a database it is all one whether a look was answered. */
const onChanges: Readonly<Record<string, Effect>> = {
  'connection lost after acting': { drop: 'after' },
  'no answer, carried out': { hang: 'after' },
};
const onBackup: Readonly<Record<string, Effect>> = {
  'carried out, answered too late': { act_late_ms: UNHEARD_MS },
  'carried out after the client gave up': { act_late_ms: LATE_MS },
};

const BACKUP: readonly string[] = [BEGIN_BACKUP, END_BACKUP];
const CHANGES: readonly string[] = [...BACKUP, ARCHIVE_LOG];

/** All that may happen at a statement or a login. */
export const databaseTroublesOf = (point: StatementPoint): Draft[] => {
  const { statement, nth } = point;
  const what = `database ${shorten(statement)} #${nth}`;
  const effects = {
    ...onAll,
    ...(statement.startsWith('SELECT') && onLooks),
    ...(CHANGES.includes(statement) && onChanges),
    ...(BACKUP.includes(statement) && onBackup),
  };
  const faults = Object.entries(effects).flatMap(([name, effect]) =>
    [1, 0].map(
      (times): Draft => ({
        name: `${what} / ${name}${times === 0 ? ', for good' : ''}`,
        trouble: { kind: 'database', fault: { statement, nth, times, effect } },
      }),
    ),
  );
  return [...faults, ...killsAfter(what, point), ...outliving(what, point)];
};

/** The execution is aborted, and its function goes on. */
const outliving = (what: string, after: StatementPoint): Draft[] => {
  if (!BACKUP.includes(after.statement)) return [];
  const late: DatabaseFault = { ...after, effect: { act_late_ms: OUTLIVING_MS } };
  return [
    {
      name: `${what} / aborted before, carried out nevertheless, and recovered`,
      trouble: { kind: 'kill', after, late },
      afterDeath: 'abort',
      follower: 'recovery',
      isPatient: false,
    },
  ];
};

const shorten = (statement: string): string =>
  /BEGIN|END|ARCHIVE|CONNECT|v\$\w+/.exec(statement)?.[0] ?? statement;
