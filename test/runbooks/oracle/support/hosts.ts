import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { asUsual, type State, type Topology, World } from './world.ts';

const tool = fileURLToPath(new URL('tool.sh', import.meta.url));
const runner = fileURLToPath(new URL('../../../../runbooks/oracle/run.sh', import.meta.url));
const TOOLS = {
  'oracle/bin': 'sqlplus srvctl nid',
  'grid/bin': 'srvctl asmcmd',
  bin: 'runuser pgrep fuser findmnt mount umount multipathd udevadm rescan-scsi-bus.sh aws',
};
export const PAIRS = [
  { source: 'prd-data-00', target: 'dev-data-00', serial: '7E914BF25E8A4D4A00011A2B' },
  { source: 'prd-fra-00', target: 'dev-fra-00', serial: '7E914BF25E8A4D4A00011A2C' },
];
const MANIFEST = {
  status: 'RUNNING',
  database: {
    read_from: 'session',
    facts: { db_name: 'PRD', db_unique_name: 'prd', control_files: ['+DATA/c1', '+FRA/c2'] },
    shortened: [],
  },
  pairs: PAIRS.map(({ source, target, serial }) => ({
    source: { name: source },
    target: { name: target, serial },
  })),
  warnings: ['a text such as "serial": "ABC" is none'],
};

/** How a call of a tool goes wrong, from the first that does. */
export interface Fault {
  /** `3` – the third call alone; `3-` – all from the third on; or a part of the call. */
  at: string;
  /** before it did anything, after it did all, the script is killed there, or it takes until `release`. */
  how: 'before' | 'after' | 'kill' | 'hold';
}

interface Circumstances {
  fault?: Fault | undefined;
  /** What the child does is watched by this one. */
  begun?: (child: ChildProcess) => void;
  [variable: string]: unknown;
}

/** The hosts of a development database, with stand-ins for every tool. */
export class Hosts {
  readonly root: string;
  readonly topology: Topology;
  readonly world: World;
  readonly environment: Record<string, string>;

  /** They vanish when the test is over, or what `atEnd` is given is called. */
  constructor(
    topology: Topology,
    state: State = asUsual(topology),
    atEnd: (vanish: () => void) => void = onTestFinished,
  ) {
    this.root = mkdtempSync(join(tmpdir(), 'runbook-'));
    atEnd(() => rmSync(this.root, { recursive: true }));
    this.topology = topology;
    this.world = new World(join(this.root, 'world'));
    this.world.create(state);
    mkdirSync(join(this.root, 'devices'));
    mkdirSync(join(this.root, 'state/locks'), { recursive: true });
    for (const { serial } of PAIRS) this.write(`devices/3624a9370${serial.toLowerCase()}`, '');
    this.write('spfile', "*.db_name='DEV'\n*.job_queue_processes=40");
    this.write(
      'DEV.ora',
      "*.db_name='OLD'\ndev1.job_queue_processes=40\n*.control_files='old'\n*.sga_target=4G",
    );
    this.writeManifest({});
    this.environment = {
      ORACLE_HOME: join(this.root, 'oracle'),
      GRID_HOME: join(this.root, 'grid'),
      ORACLE_SID: topology === 'rac' ? 'dev1' : 'dev',
      ORACLE_USER: userInfo().username,
      DB_UNIQUE_NAME: 'dev',
      DB_NAME: 'DEV',
      STORAGE: 'DATA FRA',
      PARAMETER_FILE: join(this.root, 'DEV.ora'),
      SPFILE: '+DATA/spfiledev.ora',
      DEVICE_DIR: join(this.root, 'devices'),
      SYS_DIR: join(this.root, 'sys'),
      STATE_DIR: join(this.root, 'state'),
      REFRESH_RUN: 'nightly-1',
      REFRESH_MANIFEST: 's3://refreshes/manifests/nightly/nightly-1.json',
      REFRESH_PAIRS: JSON.stringify(PAIRS),
    };
  }

  write(file: string, text: string) {
    writeFileSync(join(this.root, file), text && `${text}\n`);
  }

  writeManifest(changes: object) {
    this.write('manifest', JSON.stringify({ ...MANIFEST, ...changes }, null, 2));
  }

  read(file: string) {
    return readFileSync(join(this.root, file), 'utf8').trimEnd();
  }

  has(file: string) {
    return existsSync(join(this.root, file));
  }

  remove(file: string) {
    rmSync(join(this.root, file));
  }

  get state() {
    return this.world.state;
  }

  get calls() {
    return this.has('calls') ? this.read('calls').split('\n').filter(Boolean) : [];
  }

  /** The calls that change something. */
  get changes() {
    const looks = /^(pgrep|fuser|findmnt|aws)|lsdg| status |<<< select/;
    return this.calls.filter((call) => !looks.test(call));
  }

  /** The array overwrites the volumes: what is on them is production's, as a crash would have left it. */
  overwrite() {
    this.world.set({ name: 'PRD', dirty: 'yes' });
    this.write('spfile', "*.db_name='PRD'\n*.job_queue_processes=1000");
  }

  /** Others that are in the same state. */
  copy() {
    const hosts = new Hosts(this.topology);
    cpSync(this.root, hosts.root, { recursive: true, force: true });
    return hosts;
  }

  /** Runs a step, whose calls are counted anew. */
  run(step: string, circumstances: Circumstances = {}) {
    return this.bash([runner, this.topology, step], { BASH_ENV: tool, ...circumstances });
  }

  /** Runs a script that starts every tool as a process of its own. */
  runScript(script: string) {
    for (const [folder, names] of Object.entries(TOOLS)) {
      mkdirSync(join(this.root, folder), { recursive: true });
      for (const name of names.split(' ')) symlinkSync(tool, join(this.root, folder, name));
    }
    return this.bash(['-c', script]);
  }

  async bash(parameters: string[], { fault, begun, ...environment }: Circumstances = {}) {
    this.write('calls', '');
    const child = spawn('bash', parameters, {
      cwd: this.root,
      env: {
        PATH: `${join(this.root, 'bin')}:${process.env['PATH']}`,
        GROUPS_NEEDED: this.environment['STORAGE'],
        FAIL: fault?.at ?? '',
        HOW: fault?.how ?? '',
        ...this.environment,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    begun?.(child);
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const [code] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : undefined, output };
  }
}
