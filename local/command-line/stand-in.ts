import { fileURLToPath } from 'node:url';
import type { RunningSimulator } from '../array/simulator.ts';
import { DEMO_DOCUMENT, DEMO_HOST, demoDocument } from '../hosts/demo-hooks.ts';
import { ManagedHosts } from '../hosts/managed-hosts.ts';
import type { HookAccess } from './configuration.ts';

export interface StandIn {
  readonly hooks: HookAccess;
  /** What was done to it. */
  describe(): string;
}

const PROGRAM = fileURLToPath(new URL('../hosts/stand-in-database.ts', import.meta.url));
/** A database that is open writes. */
const OPEN = { reads_per_sec: 0, writes_per_sec: 40 };

/** A database on the target group of the worked example, and the host on which hooks stop and start it. */
export const standInDatabase = (simulator: RunningSimulator, group: string): StandIn => {
  const array = simulator.arrays[0]?.name ?? '';
  const prefix = group.replace(/-pg$/, '-');
  const volumes = simulator
    .state()
    .arrays.flatMap((report) => report.volumes.map(({ name }) => name))
    .filter((name) => name.startsWith(prefix));
  for (const volume of volumes) simulator.setPerformance(array, volume, OPEN);
  const told: string[] = [];
  const hosts = new ManagedHosts({
    documents: { [DEMO_DOCUMENT]: demoDocument },
    hosts: {
      [DEMO_HOST]: {
        environment: {
          NODE: process.execPath,
          STAND_IN: PROGRAM,
          ADMIN: simulator.admin,
          ARRAY: array,
          VOLUMES: volumes.join(','),
        },
      },
    },
    now: Date.now,
    onRun: ({ request, status }) => {
      if (status !== undefined) told.push(...(request.Parameters['Action'] ?? []));
    },
  });
  return {
    hooks: { hosts, rights: { documents: [DEMO_DOCUMENT], functions: [], commands: false } },
    describe: () =>
      `The stand-in database on ${group} wrote until it was stopped; its host was told to: ${told.join(', ')}.`,
  };
};
