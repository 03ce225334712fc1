import { LOOKS, type Look } from '../../lambda/oracle/statements.ts';
import { type DriverError, ora } from './driver-error.ts';
import type { DatabaseState } from './state.ts';

/** Rows as the driver gives them: columns in capitals. */
export type Rows = readonly Readonly<Record<string, string | number | null>>[];

type Answer = (state: DatabaseState, now: number) => Rows;

const named = (names: readonly string[]): Rows => names.map((NAME) => ({ NAME }));

/** The simulated host's clock is an hour ahead of UTC: a time that is taken for UTC is wrong, and shows. */
const ZONE = '+01:00';
const HOUR_MS = 3_600_000;
const onTheHost = (iso: string): string =>
  new Date(Date.parse(iso) + HOUR_MS).toISOString().slice(0, 19);

const answers: readonly (readonly [Look, Answer])[] = [
  [
    LOOKS.database,
    (state, now) => [
      {
        NAME: state.name,
        DBID: state.dbid,
        DB_UNIQUE_NAME: state.db_unique_name,
        DATABASE_ROLE: state.database_role,
        OPEN_MODE: state.open_mode,
        LOG_MODE: state.log_mode,
        FLASHBACK_ON: state.flashback_on,
        PLATFORM_NAME: state.platform_name,
        CDB: state.container === null ? 'NO' : 'YES',
        CURRENT_SCN: state.open_mode === 'MOUNTED' ? '0' : String(state.scn),
        TIME_UTC: new Date(now).toISOString(),
        CONTAINER_ID: state.container?.id ?? 0,
        CONTAINER_NAME: state.container?.name ?? state.name,
      },
    ],
  ],
  [
    LOOKS.backup,
    ({ datafiles }) => {
      const times = datafiles.flatMap(({ backup_since }) => backup_since ?? []).toSorted();
      return [
        {
          DATAFILES: datafiles.length,
          ACTIVE: times.length,
          SINCE: times[0] === undefined ? null : onTheHost(times[0]),
          ZONE,
        },
      ];
    },
  ],
  [LOOKS.fullVersion, fullVersion],
  [LOOKS.version, ({ version }) => [{ VERSION: version }]],
  [LOOKS.controlFiles, ({ control_files }) => named(control_files)],
  [
    LOOKS.recovery,
    (state) => [
      { NAME: 'db_recovery_file_dest', VALUE: state.db_recovery_file_dest || null },
      { NAME: 'db_recovery_file_dest_size', VALUE: String(state.db_recovery_file_dest_size) },
    ],
  ],
  [
    LOOKS.openPdbs,
    ({ container, pdbs }) =>
      named(
        (container === null ? [] : pdbs)
          .filter(({ open_mode }) => open_mode.startsWith('READ'))
          .map(({ name }) => name)
          .toSorted(),
      ),
  ],
  [LOOKS.diskGroups, ({ disk_groups }) => named(disk_groups.toSorted())],
  [LOOKS.encrypted, ({ encrypted_tablespaces }) => [{ ENCRYPTED: encrypted_tablespaces }]],
];

function fullVersion({ version_full }: DatabaseState): Rows {
  if (version_full === null) throw ora(904, '"VERSION_FULL": invalid identifier');
  return [{ VERSION: version_full }];
}

const views: ReadonlySet<string> = new Set(answers.map(([{ view }]) => view));

/** The rows of a SELECT. Throws what the driver would for a view that is not there, or not for this user. */
export function answerLook(state: DatabaseState, sql: string, now: number): Rows {
  const view = /\bFROM\s+([\w$]+)/i.exec(sql)?.[1]?.toLowerCase();
  if (view === undefined || !views.has(view) || state.denied_views.includes(view)) throw noView();
  const known = answers.find(([look]) => look.sql === sql);
  if (known === undefined) throw ora(904, `the simulator knows ${view}, but not this look at it`);
  return known[1](state, now);
}

const noView = (): DriverError => ora(942, 'table or view does not exist');
