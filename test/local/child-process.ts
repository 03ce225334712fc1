import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identityOf } from '../../local/process-identity.ts';

/** Another process, which does nothing. */
export interface Child {
  readonly identity: string;
  /** Ends it on the spot. */
  kill(): Promise<void>;
}

export const startChild = async (): Promise<Child> => {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e6)'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  return {
    identity: identityOf(child.pid ?? 0),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};
