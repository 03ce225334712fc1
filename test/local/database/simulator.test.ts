import { afterEach, describe, expect, it } from 'vitest';
import { BEGIN_BACKUP, LOOKS } from '../../../lambda/oracle/statements.ts';
import { createManualClock } from '../../../local/array/clock.ts';
import type { DatabaseEndpoint } from '../../../local/database/database-server.ts';
import { databaseFaults } from '../../../local/database/faults.ts';
import { remoteDriver } from '../../../local/database/remote-driver.ts';
import {
  createDatabaseSimulator,
  type DatabaseFault,
  type DatabaseStateInput,
} from '../../../local/database/simulator.ts';

const login = {
  user: 'refresh',
  password: 'simulated',
  connectString: 'db01:1521/PRD',
  privilege: 0x2_0000,
  connectTimeout: 1,
  transportConnectTimeout: 1,
  program: 'test',
};
const format = { outFormat: 4002 };
const endpoints: DatabaseEndpoint[] = [];
afterEach(async () => {
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.stop()));
});

const simulate = (state: DatabaseStateInput = {}) =>
  createDatabaseSimulator({ state, clock: createManualClock(Date.parse('2026-11-24T01:00:00Z')) });
type Simulator = ReturnType<typeof simulate>;

/** The same simulator, reached in this process and over a socket. */
const ways: [string, (simulator: Simulator) => Promise<Simulator['driver']>][] = [
  ['in this process', async ({ driver }) => driver],
  [
    'over a socket',
    async (simulator) => {
      const endpoint = await simulator.serve();
      endpoints.push(endpoint);
      return remoteDriver(endpoint.url);
    },
  ],
];

/** The code of the driver's error; `answered` where there is none. */
const codeOf = (underWay: Promise<unknown>): Promise<unknown> =>
  underWay.then(
    () => 'answered',
    (error: { code?: unknown }) => error.code,
  );

describe.each(ways)('a simulated database %s', (_, reach) => {
  const session = async (simulator: Simulator) => (await reach(simulator)).getConnection(login);

  it('answers what the product asks, in the form of the driver', async () => {
    const connection = await session(simulate());

    expect(await connection.execute(LOOKS.diskGroups.sql, [], format)).toEqual({
      rows: [{ NAME: 'DATA' }, { NAME: 'FRA' }],
    });
    await connection.close();
  });

  it.each<[string, Partial<typeof login>, DatabaseStateInput, string]>([
    ['another password', { password: 'x' }, {}, 'ORA-01017'],
    ['another user', { user: 'scott' }, {}, 'ORA-01017'],
    ['a privilege that was not granted', { privilege: 2 }, {}, 'ORA-01031'],
    ['another service', { connectString: 'db01/DEV' }, {}, 'NJS-518'],
    [
      'a descriptor',
      { connectString: '(DESCRIPTION=(ADDRESS=(HOST=h))(CONNECT_DATA=(SERVICE_NAME=prd)))' },
      {},
      'answered',
    ],
    ['the user in other letters', { user: 'REFRESH' }, {}, 'answered'],
  ])('answers a login with %s', async (_, change, state, code) => {
    const driver = await reach(simulate(state));

    expect(await codeOf(driver.getConnection({ ...login, ...change }))).toBe(code);
  });

  it.each([
    ['DROP DATABASE', 'ORA-00900'],
    [`${BEGIN_BACKUP};`, 'ORA-00900'],
    ['', 'ORA-00900'],
    ['SELECT 1 FROM dual', 'ORA-00942'],
    ['SELECT name FROM v$tablespace', 'ORA-00942'],
    ['SELECT name FROM v$database', 'ORA-00904'],
    ['SELECT 1', 'ORA-00942'],
  ])('refuses what it does not know: %s', async (sql, code) => {
    const simulator = simulate();
    const connection = await session(simulator);

    expect(await codeOf(connection.execute(sql, [], format))).toBe(code);
    expect(simulator.statements().at(-1)).toMatchObject({ statement: sql, outcome: code });
  });

  it('loses a session, and the rest of it, when it is told to', async () => {
    const simulator = simulate();
    const connection = await session(simulator);
    simulator.addFaults([{ kind: 'query', effect: { drop: 'before' } }]);

    const codes = [
      await codeOf(connection.execute(LOOKS.backup.sql, [], format)),
      await codeOf(connection.execute(LOOKS.backup.sql, [], format)),
    ];

    expect(codes).toEqual(['NJS-500', 'NJS-500']);
    expect(simulator.statements()).toHaveLength(2);
  });

  it('answers nothing when it is told to, and carries it out nevertheless', async () => {
    const simulator = simulate();
    const connection = await session(simulator);
    simulator.addFaults([{ kind: 'execute', effect: { hang: 'after' } }]);
    let isAnswered = false;

    const hear = () => {
      isAnswered = true;
    };
    connection.execute(BEGIN_BACKUP, [], format).then(hear, hear);
    // A round trip on another session: by then the first call is carried out.
    await (await reach(simulator)).getConnection(login);

    expect(isAnswered).toBe(false);
    expect(simulator.state().datafiles[0]?.backup_since).not.toBeNull();
  });
});

describe('a fault', () => {
  const outcomes = async (fault: DatabaseFault) => {
    const simulator = simulate();
    const connection = await simulator.driver.getConnection(login);
    simulator.addFaults([fault]);
    const calls = [LOOKS.backup, LOOKS.openPdbs, LOOKS.backup, LOOKS.backup, LOOKS.backup];
    const seen: unknown[] = [];
    for (const { sql } of calls) seen.push(await codeOf(connection.execute(sql, [], format)));
    return seen.map((code) => (code === 'answered' ? '-' : 'x')).join('');
  };
  const effect = { refuse: 942 } as const;

  it.each<[DatabaseFault, string]>([
    [{ effect }, 'x----'],
    [{ nth: 2, effect }, '-x---'],
    [{ times: 2, effect }, 'xx---'],
    [{ nth: 3, times: 0, effect }, '--xxx'],
    [{ statement: 'V$PDBS', effect }, '-x---'],
    [{ statement: 'v$backup', nth: 2, times: 2, effect }, '--xx-'],
    [{ kind: 'query', nth: 4, effect }, '---x-'],
    [{ kind: 'execute', times: 0, effect }, '-----'],
  ])('%j hits %s', async (fault, hits) => {
    expect(await outcomes(fault)).toBe(hits);
  });

  it('is cleared', async () => {
    const simulator = simulate();
    simulator.addFaults([{ times: 0, effect }]);
    simulator.clearFaults();

    expect(await codeOf(simulator.driver.getConnection(login))).toBe('answered');
  });

  it.each([
    { effect: {} },
    { effect: { refuse: 0 } },
    { effect: { drop: 'never' } },
    { kind: 'x' },
  ])('that is none is refused: %j', (fault) => {
    expect(databaseFaults.safeParse(fault).success).toBe(false);
  });

  it('lets a call be carried out later, though its session is gone', async () => {
    const simulator = simulate();
    const connection = await simulator.driver.getConnection(login);
    simulator.addFaults([{ kind: 'execute', effect: { act_late_ms: 5_000 } }]);
    void connection.execute(BEGIN_BACKUP, [], format);
    await connection.close();

    simulator.advance(4_999);
    const before = simulator.state().datafiles[0]?.backup_since;
    simulator.advance(1);

    expect(before).toBeNull();
    expect(simulator.state().datafiles[0]?.backup_since).toBe('2026-11-24T01:00:05.000Z');
  });
});

describe('the journal', () => {
  it('numbers calls by a counter that others may share, and shows no password', async () => {
    let last = 40;
    const heard: number[] = [];
    const simulator = createDatabaseSimulator({
      nextNumber: () => {
        last += 1;
        return last;
      },
      onStatement: ({ number }) => heard.push(number),
    });

    const connection = await simulator.driver.getConnection(login);
    await connection.execute(BEGIN_BACKUP, [], format);

    expect(heard).toEqual([41, 42]);
    expect(simulator.statements()).toEqual([
      {
        number: 41,
        session: 1,
        kind: 'connect',
        statement: 'CONNECT refresh AS SYSBACKUP',
        outcome: 'ok',
      },
      { number: 42, session: 1, kind: 'execute', statement: BEGIN_BACKUP, outcome: 'ok' },
    ]);
  });
});

describe('the state', () => {
  it('goes back to a checkpoint, and to where it began', async () => {
    const simulator = simulate();
    const active = () => simulator.state().datafiles.filter((file) => file.backup_since).length;
    const connection = await simulator.driver.getConnection(login);
    await connection.execute(BEGIN_BACKUP, [], format);
    const checkpoint = simulator.checkpoint();

    const seen = [active()];
    simulator.reset();
    seen.push(active());
    simulator.restore(checkpoint);
    seen.push(active());

    expect(seen).toEqual([4, 0, 4]);
    expect(simulator.statements()).toEqual([]);
  });

  it('moves its change number with every call', async () => {
    const simulator = simulate();
    const before = simulator.state().scn;
    await simulator.driver.getConnection(login);

    expect(simulator.state().scn).toBe(before + 1);
  });

  it('is changed by a person, within what there is', () => {
    const simulator = simulate();
    simulator.change({ open_mode: 'MOUNTED' });

    expect(simulator.state().open_mode).toBe('MOUNTED');
    expect(() => createDatabaseSimulator({ state: { datafiles: [{ file: 0 }] } })).toThrow();
  });
});
