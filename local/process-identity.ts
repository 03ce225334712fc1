import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';

/** Of a process whose start nobody tells. */
const NOT_TOLD = 'unknown';

const FORM = /^(?<place>.+)-(?<pid>\d{1,10})-(?<start>[A-Za-z0-9]+)$/;

/**
 * A process as `<host>-<hash>-<pid>-<start>`: letters, digits and hyphens, at most 60 characters. By its start it is
 * told from a later process that was given the same id.
 */
export const identityOf = (pid: number): string =>
  `${ownPlace()}-${pid}-${look(pid)?.start ?? NOT_TOLD}`;

export const ownIdentity = (): string => identityOf(process.pid);

/**
 * Whether the process of this identity still runs. Undefined where that cannot be told: it is one of another host or
 * container, the text is no identity, or the system hides the process.
 */
export const isAlive = (identity: string): boolean | undefined => {
  const { place, pid, start } = FORM.exec(identity)?.groups ?? {};
  if (place !== ownPlace()) return undefined;
  if (!exists(Number(pid))) return false;
  const seen = look(Number(pid));
  if (seen === undefined || start === NOT_TOLD) return undefined;
  return seen.start === start && !seen.ended;
};

/**
 * This host, and on it the process ids that are ours to see: containers may share the name of their host and number
 * their processes by themselves, and hosts may share a name, or the part of it that there is room for. A process
 * looked for in the wrong place would seem to be dead.
 */
const ownPlace = (): string => {
  const name = hostname();
  const namespace = attempt(readPidNamespace);
  // Containers of one image on two hosts may be alike in all else.
  const boot = namespace === HOSTS_OWN ? undefined : attempt(readBootId);
  const distinction = [name, attempt(readMachineId) ?? hardwareAddress(), namespace, boot];
  const hash = createHash('sha256').update(JSON.stringify(distinction)).digest('hex');
  const readable = /^[A-Za-z0-9-]{1,16}/.exec(name)?.[0] ?? 'host';
  return `${readable}-${hash.slice(0, 8)}`;
};

const readMachineId = (): string => readFileSync('/etc/machine-id', 'utf8');
/** The namespace of process ids that is no container's, on Linux. */
const HOSTS_OWN = 'pid:[4026531836]';
const readBootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
/** What distinguishes a machine that has no id in a file. */
const hardwareAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flat()
    .flatMap((found) => (found && !found.internal ? [found.mac] : []))
    .sort()[0];
const readPidNamespace = (): string => readlinkSync('/proc/self/ns/pid');

interface Seen {
  /** When it started, in some unit of the system's. */
  readonly start: string;
  /** It has ended, and its parent has not yet asked how. */
  readonly ended: boolean;
}

const look = (pid: number): Seen | undefined =>
  process.platform === 'linux' ? attempt(() => lookIntoProc(pid)) : askPs(pid);

/** Fields 3 and 22; the second is the program's name in parentheses, which may hold blanks and parentheses. */
const lookIntoProc = (pid: number): Seen | undefined => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return seen(fields[0], fields[19]);
};

/** The same where there is no `/proc`. */
export const askPs = (pid: number): Seen | undefined => {
  const { stdout } = spawnSync('ps', ['-o', 'state=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    // Else the same time would be another text to whoever has another language or time zone.
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
  const [state, ...time] = (stdout ?? '').trim().split(/\s+/);
  return seen(state, time.join(''));
};

const seen = (state: string | undefined, time: string | undefined): Seen | undefined => {
  const start = time?.replace(/[^A-Za-z0-9]/g, '').slice(0, 20);
  return state && start ? { start, ended: /^[ZX]/i.test(state) } : undefined;
};

/** False only where the system says that there is no such process; one of somebody else's is there too. */
const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
};

/** What can be read; undefined where this system has no such thing. */
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
