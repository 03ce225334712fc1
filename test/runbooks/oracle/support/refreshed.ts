import { beforeAll, expect } from 'vitest';
import { Hosts } from './hosts.ts';
import type { Topology } from './world.ts';

/** The steps after the overwrite, in their order. */
export const AFTER = ['rescan', 'mount', 'parameters', 'rename', 'restrict', 'open'];

/** What makes hosts whose volumes have been overwritten after stop: copies of some that are made before the tests. */
export const prepareOverwritten = () => {
  const prepared = new Map<Topology, Hosts>();
  beforeAll(async () => {
    const ends: (() => void)[] = [];
    for (const topology of ['single', 'rac'] as const) {
      const hosts = new Hosts(topology, undefined, (end) => ends.push(end));
      await hosts.run('stop');
      hosts.overwrite();
      prepared.set(topology, hosts);
    }
    return () => {
      for (const end of ends) end();
    };
  });
  return (topology: Topology) => prepared.get(topology)?.copy() ?? new Hosts(topology);
};

export const expectRefreshed = (hosts: Hosts, message = '') => {
  const nodes = hosts.topology === 'single' ? { n1: 'open' } : { n1: 'open', n2: 'open' };
  expect(hosts.state.up, message).toEqual(nodes);
  expect(hosts.world.get('name'), message).toBe('DEV');
  expect(hosts.world.get('resetlogs'), message).toBe('');
  expect(hosts.read('spfile').split('\n'), message).toEqual([
    'dev1.job_queue_processes=40',
    '*.sga_target=4G',
    "*.db_name='DEV'",
    "*.db_unique_name='dev'",
    "*.control_files='+DATA/c1','+FRA/c2'",
  ]);
};
