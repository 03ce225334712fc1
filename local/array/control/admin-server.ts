import { createServer, type Server } from 'node:http';
import * as z from 'zod';
import { readText } from '../read-text.ts';
import {
  setOverwrite,
  setReplication,
  setVolumePerformance,
  showRequests,
  showState,
  writeVolume,
} from './commands.ts';
import { faults } from './faults.ts';
import { renameVolume, renewToken, setMembers } from './operator.ts';
import { overwriteSettings } from './overwrite-settings.ts';
import { replicationSettings } from './replication-settings.ts';
import type { World } from './world.ts';

const writeBody = z.strictObject({ array: z.string(), volume: z.string(), data: z.string() });
const performanceBody = z.strictObject({
  array: z.string(),
  volume: z.string(),
  reads_per_sec: z.int().min(0),
  writes_per_sec: z.int().min(0),
});
const membersBody = z.strictObject({
  array: z.string(),
  group: z.string(),
  volumes: z.array(z.string()),
});
const renameBody = z.strictObject({ array: z.string(), volume: z.string(), name: z.string() });
const tokenBody = z.strictObject({ array: z.string() });
const clockBody = z.strictObject({ advance_ms: z.int().min(0) });

/** What the admin port offers (design §8). Each takes the parsed body and gives the body of a 200. */
const actions: Readonly<Record<string, (world: World, body: unknown) => unknown>> = {
  'GET /requests': (world) => showRequests(world),
  'GET /state': (world) => showState(world),
  'POST /write': (world, body) => {
    const { array, volume, data } = writeBody.parse(body);
    writeVolume(world, array, volume, data);
    return {};
  },
  'POST /performance': (world, body) => {
    const { array, volume, ...performance } = performanceBody.parse(body);
    setVolumePerformance(world, array, volume, performance);
    return {};
  },
  'POST /members': (world, body) => {
    const { array, group, volumes } = membersBody.parse(body);
    setMembers(world, array, group, volumes);
    return {};
  },
  'POST /rename': (world, body) => {
    const { array, volume, name } = renameBody.parse(body);
    renameVolume(world, array, volume, name);
    return {};
  },
  'POST /token': (world, body) => ({ api_token: renewToken(world, tokenBody.parse(body).array) }),
  'POST /overwrite': (world, body) => {
    setOverwrite(world, overwriteSettings.parse(body));
    return {};
  },
  'POST /replication': (world, body) => {
    setReplication(world, replicationSettings.parse(body));
    return {};
  },
  'POST /faults': (world, body) => {
    world.faults.add(faults.parse(body));
    return {};
  },
  'DELETE /faults': (world) => {
    world.faults.clear();
    return {};
  },
  'POST /clock': (world, body) => {
    world.advance(clockBody.parse(body).advance_ms);
    return { now: world.options.clock.now() };
  },
  'POST /reset': (world) => {
    world.reset();
    return {};
  },
};

/** The admin port: plain HTTP, for tests and demonstrations. */
export function createAdminServer(world: World): Server {
  return createServer(async (incoming, response) => {
    const text = (await readText(incoming)) ?? '';
    const { status, body } = answer(world, `${incoming.method} ${incoming.url}`, text);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
}

function answer(world: World, what: string, text: string): { status: number; body: unknown } {
  const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
  if (action === undefined) {
    const known = Object.keys(actions).join(', ');
    return { status: 404, body: { error: `There is no ${what}; there are ${known}.` } };
  }
  try {
    return { status: 200, body: action(world, text === '' ? undefined : JSON.parse(text)) };
  } catch (error) {
    return { status: 400, body: { error: describe(error) } };
  }
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof RangeError || error instanceof SyntaxError) return error.message;
  throw error;
}
