import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where the system looks when there is no PATH. */
const DEFAULT_PATH = ['/usr/bin', '/bin'].join(delimiter);

/**
 * Those of these programs that no process could be started from, found as the system finds them: a name with a slash is a
 * path, which counts from our own folder where it is a relative one; any other name is looked up in PATH.
 */
export const missingPrograms = async (
  programs: readonly string[],
  path = DEFAULT_PATH,
): Promise<string[]> => {
  const found = await Promise.all(programs.map((program) => isThere(program, path)));
  return programs.filter((_, index) => !found[index]);
};

const isThere = async (program: string, path: string): Promise<boolean> => {
  if (program.includes('/')) return isProgram(program);
  // An empty entry of PATH is our own folder, as it is for the system.
  const files = path.split(delimiter).map((folder) => join(folder, program));
  return (await Promise.all(files.map(isProgram))).includes(true);
};

/** Folders may be "executed" as well. */
const isProgram = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
};
