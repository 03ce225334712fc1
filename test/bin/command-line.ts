import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const commandLine = fileURLToPath(new URL('../../bin/refresh.ts', import.meta.url));

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

/** Starts the command line, or another program, as a process of its own, with its state in `folder`. */
export const launch = (
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  entry = commandLine,
): Running => {
  const child = spawn(process.execPath, [entry, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_STATE_HOME: folder,
      REFRESH_RETRY_SCALE: '0',
      ...environment,
    },
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
