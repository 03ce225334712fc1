import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder in which tests leave what later ones look at. */
    recordings: string;
    /** Whether all tests run, as with `npm test`. */
    wholeSuite: boolean;
  }
}

/** Whatever is no option of vitest's chooses tests, and so do some options. */
const leavesNothingOut = (argument: string): boolean =>
  argument === 'run' || /^--(reporter|outputFile|coverage|no-)/.test(argument);

/** Makes the folder, one for all projects, and clears it away. */
export default ({ provide }: TestProject): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'flasharray-refresh-recordings-'));
  provide('recordings', folder);
  provide('wholeSuite', process.argv.slice(2).every(leavesNothingOut));
  return () => rmSync(folder, { recursive: true, force: true });
};
