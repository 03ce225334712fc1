import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { main } from '../../local/command-line/main.ts';

export const commandLine = fileURLToPath(new URL('../../bin/refresh.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when standard error has shown `text`. */
  shows(text: string): Promise<void>;
}

const folders: string[] = [];

export const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'refresh-'));
  folders.push(folder);
  return folder;
};

/** To be called when all is done: leaves nothing behind. */
export const removeFolders = async (): Promise<void> => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
};

export const writeJson = async (
  folder: string,
  name: string,
  document: unknown,
): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
};

type Variables = Readonly<Record<string, string>>;

/** What the command line finds in its environment: its state is in `folder`, and it does not wait between attempts. */
const environmentIn = (folder: string, more: Variables) => ({
  PATH: process.env['PATH'],
  HOME: folder,
  XDG_STATE_HOME: folder,
  REFRESH_RETRY_SCALE: '0',
  ...more,
});

/** Starts the command line, or another program, as a process of its own. */
export const launch = (
  folder: string,
  args: readonly string[],
  environment: Variables = {},
  entry = commandLine,
): Running => {
  const child = spawn(process.execPath, [entry, ...args], {
    env: environmentIn(folder, environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    process: child,
    finished: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    }),
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stderr.includes(text)) resolve();
        };
        look();
        child.stderr.on('data', look);
        child.on('close', () =>
          reject(new Error(`It ended without showing "${text}":\n${stderr}`)),
        );
      }),
  };
};

export const run = (...call: Parameters<typeof launch>): Promise<Finished> =>
  launch(...call).finished;

/**
 * The same within this process, whatever the command line does otherwise: what a process adds, which is signals and that
 * its exit code is the one that is returned here, some tests have to see.
 */
export const call = async (
  folder: string,
  args: readonly string[],
  environment: Variables = {},
): Promise<Finished> => {
  let [stdout, stderr] = ['', ''];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => {
    stdout += `${text}\n`;
  });
  const write = (text: string) => {
    stderr += text;
  };
  const env = environmentIn(folder, environment);
  const code = await main(args, { env, screen: { write } }).finally(() => log.mockRestore());
  return { code, stdout, stderr };
};
