import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder in which tests leave what later ones look at. */
    recordings: string;
    /** Whether all tests of the whole flow are among those that run. */
    wholeFlow: boolean;
  }
}

/** Makes the folder of this process of vitest, one for all projects, and clears it away. */
export default ({ provide, vitest }: TestProject): (() => void) => {
  const folder = join(tmpdir(), `flasharray-refresh-recordings-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  provide('recordings', folder);
  const { filenamePattern = [], projects, config } = vitest;
  const isWhole = filenamePattern.length === 0 && config.testNamePattern === undefined;
  provide('wholeFlow', isWhole && projects.some(({ name }) => name === 'flow'));
  return () => rmSync(folder, { recursive: true, force: true });
};
