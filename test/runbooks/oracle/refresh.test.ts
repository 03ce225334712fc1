import { describe, expect, it } from 'vitest';
import { few } from './support/few.ts';
import { Hosts } from './support/hosts.ts';
import { AFTER, expectRefreshed, prepareOverwritten } from './support/refreshed.ts';
import type { Topology } from './support/world.ts';

const topologies: Topology[] = ['single', 'rac'];
const overwritten = prepareOverwritten();
const mounted = () => {
  const hosts = overwritten('single');
  hosts.world.set({ mounted: ' DATA@n1 FRA@n1 ' });
  return hosts;
};

/** Sizes, names and folders of one world differ from another's. */
const shape = (calls: string[], hosts: Hosts) =>
  calls.map((call) => call.replaceAll(hosts.root, ''));

describe.each(topologies)('%s', (topology) => {
  it('brings up the copy under the name of the target, step by step, each of which may be repeated', async () => {
    const hosts = overwritten(topology);
    const steps: Record<string, string[]> = {};

    for (const step of AFTER) {
      const { code, output } = await hosts.run(step);
      expect(code, output).toBe(0);
      steps[step] = shape(hosts.changes, hosts);
      // In a cluster only the last of them is done by other means.
      if (few(AFTER, 2).includes(step) && (topology === 'single' || step === 'open')) {
        const again = await hosts.run(step);
        expect(again.code, again.output).toBe(0);
      }
      if (step === 'restrict') {
        expect(hosts.state.up).toEqual({ n1: 'restrict' });
        expect(hosts.world.get('jobs')).toBe('0');
      }
    }

    const sql = (statement: string) => `sqlplus -S -L / as sysdba <<< ${statement}`;
    const startup = sql("startup restrict mount pfile='/state/nightly-1.dev.ora'");
    const mount = (name: string) =>
      topology === 'single' ? `asmcmd mount ${name}` : `srvctl start diskgroup -diskgroup ${name}`;
    expect(steps).toEqual({
      rescan: [
        'rescan-scsi-bus.sh -s',
        'multipathd resize map 3624a93707e914bf25e8a4d4a00011a2b',
        'multipathd resize map 3624a93707e914bf25e8a4d4a00011a2c',
        'udevadm trigger --subsystem-match=block --action=change',
        'udevadm settle --timeout=120',
      ],
      mount: [mount('DATA'), mount('FRA')],
      parameters: [startup],
      rename: [
        sql('alter database open;'),
        sql('shutdown immediate'),
        startup,
        'nid TARGET=/ LOGFILE=/state/nightly-1.dev.nid.log DBNAME=DEV',
        startup,
      ],
      restrict: [
        sql('alter database open resetlogs;'),
        sql('alter pluggable database all open restricted;'),
      ],
      open: [
        sql('shutdown immediate'),
        sql("create spfile='+DATA/spfiledev.ora' from pfile='/state/nightly-1.dev.ora';"),
        ...(topology === 'single'
          ? [sql('startup open'), sql('alter pluggable database all open;')]
          : [
              'srvctl modify database -db dev -spfile +DATA/spfiledev.ora',
              'srvctl start database -db dev',
              sql('alter pluggable database all open instances=all;'),
            ]),
      ],
    });
    expectRefreshed(hosts);
  });
});

it('with the name alone changed nothing is opened with RESETLOGS', async () => {
  const hosts = mounted();
  hosts.environment['CHANGE_DBID'] = 'no';

  for (const step of ['rename', 'open']) await hosts.run(step);

  expectRefreshed(hosts);
  expect(hosts.world.get('dbid')).toBe('');
});

it('the ASM Filter Driver scans for the labels that came with the copy', async () => {
  const hosts = overwritten('single');

  await hosts.run('rescan', { DISCOVERY: 'afd' });

  expect(hosts.changes.slice(-2)).toEqual(['asmcmd afd_scan', 'asmcmd afd_refresh']);
});

it('parameters refuses a database that this run has not stopped', async () => {
  const hosts = new Hosts('single');

  const { code, output } = await hosts.run('parameters');

  expect(code).toBe(1);
  expect(output).toContain('Run stop first');
  expect(hosts.calls).toEqual([]);
});

it('parameters without facts in the manifest says which value to give', async () => {
  const hosts = overwritten('single');
  hosts.writeManifest({ database: null });

  const { output } = await hosts.run('parameters');

  expect(output).toContain('has no db_name');
  expect(output).toContain('Set ora_facts in the definition, or give this step the value.');
});

it('restrict refuses a database that is open for all', async () => {
  const hosts = overwritten('single');
  hosts.world.set({ up_n1: 'open' });

  expect((await hosts.run('restrict')).output).toContain('is open for all');
});

it('SQL*Plus reports a failed STARTUP by its words alone, and that is a failure', async () => {
  const hosts = mounted();

  const { code, output } = await hosts.run('parameters', { SOURCE_DB_NAME: 'QA' });

  expect(code).toBe(1);
  expect(output).toContain('ORA-01103');
});

it('a fact that was too long for a tag is not used', async () => {
  const hosts = overwritten('single');
  const facts = { db_name: 'PRD', control_files: ['+DATA/c1'] };
  hosts.writeManifest({ database: { read_from: 'tags', facts, shortened: ['control_files'] } });

  const { code, output } = await hosts.run('parameters');

  expect(code).toBe(1);
  expect(output).toContain('control_files is not whole in the manifest');
});

it('a copy from backup mode is recovered before it is opened', async () => {
  const hosts = mounted();
  hosts.world.set({ backup: '4' });

  const { code, output } = await hosts.run('rename');

  expect(code, output).toBe(0);
  expect(hosts.changes.slice(1, 3)).toEqual([
    expect.stringContaining('alter database recover automatic database;'),
    expect.stringContaining('alter database open;'),
  ]);
});

it('values that are given need no manifest', async () => {
  const hosts = mounted();

  const { code } = await hosts.run('parameters', {
    SOURCE_DB_NAME: 'PRD',
    CONTROL_FILES: '+DATA/c1,+FRA/c2',
  });

  expect(code).toBe(0);
  expect(hosts.calls.join()).not.toContain('aws');
  expect(hosts.read('state/nightly-1.dev.ora')).toContain("control_files='+DATA/c1','+FRA/c2'");
});

it('a map of which multipathd only says that it failed fails the rescan', async () => {
  const hosts = overwritten('single');
  hosts.write('no_resize', '');

  const { code, output } = await hosts.run('rescan');

  expect(code).toBe(1);
  expect(output).toContain("multipathd resize map 3624a93707e914bf25e8a4d4a00011a2b' said: fail");
});

it('after restore the steps after the overwrite touch nothing', async () => {
  const hosts = new Hosts('single');
  await hosts.run('stop');
  await hosts.run('restore');

  const { code, output } = await hosts.run('parameters');

  expect(code).toBe(1);
  expect(output).toContain('has been aborted');
  expect(hosts.calls).toEqual([]);
});
