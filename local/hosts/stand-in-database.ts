import * as z from 'zod';

/**
 * A database that is none, on the volumes of a simulated array: while it is open it writes to them, which is all that the
 * array sees of a database. `stand-in-database.ts stop|start|rescan`.
 */

const { ADMIN, ARRAY, VOLUMES, PAIRS } = z
  .object({ ADMIN: z.string(), ARRAY: z.string(), VOLUMES: z.string(), PAIRS: z.string() })
  .parse(process.env);
const pairs = z.array(z.object({ target: z.string(), serial: z.string() }));

const WRITES = 40;

const write = async (writes_per_sec: number): Promise<void> => {
  for (const volume of VOLUMES.split(',')) {
    const body = JSON.stringify({ array: ARRAY, volume, reads_per_sec: 0, writes_per_sec });
    const { ok, status } = await fetch(`${ADMIN}/performance`, { method: 'POST', body });
    if (!ok) throw new Error(`The simulator has answered ${status}.`);
  }
};

const actions: Readonly<Record<string, () => void | Promise<void>>> = {
  stop: async () => {
    await write(0);
    console.log('The database is down, and its disk groups are dismounted.');
  },
  start: async () => {
    await write(WRITES);
    console.log('The database is open.');
  },
  rescan: () => {
    for (const { target, serial } of pairs.parse(JSON.parse(PAIRS))) {
      console.log(`/dev/mapper/3624a9370${serial.toLowerCase()} is ${target}`);
    }
  },
};

await actions[process.argv[2] ?? '']?.();
