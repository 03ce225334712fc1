import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { call } from './command-line.ts';
import { EXCLUDED, groups, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

const ready = () =>
  example.configure({ ...example.credentials, ...groups, excluded_volumes: EXCLUDED });

/** Calls the command line where what it leaves behind goes to `data`. */
const callIn = async (data: string, ...args: readonly string[]) =>
  call(example.folder, ['-f', await ready(), '--data-dir', data, ...args]);

describe('a folder for plans and manifests', () => {
  it('that there cannot be is refused before an array is asked', async () => {
    const file = join(example.folder, 'a-file');
    await writeFile(file, '');

    const { code, stdout, stderr } = await callIn(join(file, 'data'), '-x');

    expect(stderr).toContain(`The folder "${file}/data"`);
    expect(stderr).toContain('ENOTDIR');
    expect(stderr).toContain('--data-dir');
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(example.simulator.requests()).toEqual([]);
  });

  it('is left with nothing but what a run keeps', async () => {
    const data = join(example.folder, 'of-a-plan');

    const { code } = await callIn(data);

    expect(code).toBe(0);
    expect((await readdir(data)).toSorted()).toEqual(['functions.log', 'manifests', 'runs']);
  });
});

describe('what cannot be written any longer does not end a run', () => {
  /** A folder in which only what begins like `name` cannot be written. */
  const folderWithout = async (name: string, inItsPlace: (path: string) => Promise<unknown>) => {
    const data = join(example.folder, `without-${name}`);
    await mkdir(data);
    await inItsPlace(join(data, name));
    return data;
  };

  it('plans and manifests: the manifest is shown, and the exit code tells', async () => {
    const data = await folderWithout('runs', (path) => writeFile(path, ''));

    const { code, stdout, stderr } = await callIn(data, '-x');

    const shown = stdout.slice(stdout.indexOf('\n{'));
    expect(manifestSchema.parse(JSON.parse(shown))).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
    });
    expect(stderr.match(/cannot be written to/g)).toHaveLength(1);
    expect(stderr).toContain(`"${data}" (ENOTDIR`);
    expect(stderr).toContain('Hence exit code 1.');
    expect(code).toBe(1);
  });

  it('the log', async () => {
    const data = await folderWithout('functions.log', (path) => mkdir(path));

    const { code, stderr } = await callIn(data);

    expect(stderr).toContain(`The log "${data}/functions.log" cannot be written (EISDIR`);
    expect(code).toBe(0);
  });

  it('the output file: the manifest is kept, and the exit code tells', async () => {
    const data = join(example.folder, 'kept');
    const output = join(example.folder, 'volumes.txt');
    await symlink(join(example.folder, 'no-such-folder', 'volumes.txt'), output);

    const { code, stdout, stderr } = await callIn(data, '-x', '-o', output, '--json');

    const { refresh, run } = manifestSchema.parse(JSON.parse(stdout));
    const kept = await readFile(join(data, 'manifests', `${refresh}`, `${run}.json`), 'utf8');
    expect(JSON.parse(kept)).toEqual(JSON.parse(stdout));
    expect(stderr).toContain('ENOENT');
    expect(code).toBe(1);
  });
});
