import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingPrograms } from '../../../local/hosts/missing-programs.ts';
import { runProcess } from '../../../local/hosts/run-process.ts';
import { newFolder, removeFolders } from '../../bin/command-line.ts';

afterAll(removeFolders);

/** A folder with a program, a file that may not be executed, and a folder. */
const setUp = async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'program'), '#!/bin/sh\n');
  await chmod(join(folder, 'program'), 0o755);
  await writeFile(join(folder, 'text'), 'no program');
  await mkdir(join(folder, 'folder'));
  return folder;
};

/** Whether it starts: what is said to be missing must be what does not. */
const starts = async (program: string, PATH: string | undefined) => {
  const environment = PATH === undefined ? {} : { PATH };
  const { end } = runProcess({ argv: [program], environment, timeoutSeconds: 60, keeps: 'end' });
  return (await end).code === 0;
};

describe('programs that are missing', () => {
  it.each([
    ['a name in PATH', 'program', '/nowhere:HERE', true],
    ['a name that is in no folder of PATH', 'program', '/nowhere', false],
    ['a name, where PATH is empty', 'true', '', false],
    ['a name that every system has, without PATH', 'true', undefined, true],
    ['a path', 'HERE/program', '', true],
    ['a path from the folder where we are', './FROM/program', '', true],
    ['such a path is not looked up in PATH', './program', 'HERE', false],
    ['a file that may not be executed', 'HERE/text', '', false],
    ['such a file in PATH', 'text', 'HERE', false],
    ['a folder', 'HERE/folder', '', false],
    ['a folder in PATH', 'folder', 'HERE', false],
    ['nothing', '/no/such/program', '', false],
  ])('%s', async (_, program, path, isThere) => {
    const folder = await setUp();
    const fill = (text: string) =>
      text.replace('HERE', folder).replace('FROM', relative('.', folder));
    const [name, PATH] = [fill(program), path === undefined ? path : fill(path)];

    expect(await missingPrograms([name], PATH)).toEqual(isThere ? [] : [name]);
    expect(await starts(name, PATH)).toBe(isThere);
  });

  it('are told in the order in which they were asked for', async () => {
    expect(await missingPrograms(['b/c', 'sh', 'a/b'], '/bin')).toEqual(['b/c', 'a/b']);
  });
});
