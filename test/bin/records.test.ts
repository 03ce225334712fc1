import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { call } from './command-line.ts';
import { EXCLUDED, groups, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

/** Calls the command line with this more in its file, where what it leaves behind goes to `data`. */
const callIn = async (data: string, args: readonly string[], more: object = {}) => {
  const document = { ...example.credentials, ...groups, excluded_volumes: EXCLUDED, ...more };
  const file = await example.configure(document);
  return call(example.folder, ['-f', file, '--data-dir', data, ...args]);
};
/** A folder for that, in which something is in the place of one of its parts. */
const folderWithout = async (part: string, inItsPlace: (path: string) => Promise<unknown>) => {
  const data = join(example.folder, `without-${part}`);
  await mkdir(data);
  await inItsPlace(join(data, part));
  return data;
};
/** From now on nothing can be noted any more. */
const block = (data: string): string =>
  `rm -r "${data}/runs" "${data}/manifests"; touch "${data}/runs" "${data}/manifests"`;
const hook = (name: string, script: string, more: object = {}) => ({
  name,
  command: ['sh', '-c', `echo ${name} >> "$HOME/diary"; ${script}`],
  ...more,
});
const diary = () => readFile(join(example.folder, 'diary'), 'utf8');
/** The manifest on a screen that shows more. */
const shownIn = (text: string) => manifestSchema.parse(JSON.parse(text.slice(text.indexOf('\n{'))));

describe('where plans and manifests cannot be written', () => {
  it('a folder that there cannot be is refused before an array is asked', async () => {
    const file = join(example.folder, 'a-file');
    await writeFile(file, '');

    const { code, stdout, stderr } = await callIn(join(file, 'data'), ['-x']);

    expect(stderr).toContain(`The folder "${file}/data"`);
    expect(stderr).toContain('ENOTDIR');
    expect(stderr).toContain('--data-dir');
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(example.simulator.requests()).toEqual([]);
  });

  it('nothing is begun, of which nobody would know', async () => {
    const data = await folderWithout('runs', (path) => writeFile(path, ''));

    const { code, stdout, stderr } = await callIn(data, ['-x']);

    expect(example.mutations()).toEqual([]);
    const { error, target } = shownIn(stdout);
    expect(error).toMatchObject({
      name: 'RecordsNotKept',
      message: expect.stringContaining(`cannot be written to "${data}" (ENOTDIR`),
    });
    expect(target).toBe('untouched');
    expect(stderr).toContain(`cannot be written to "${data}"`);
    expect(code).toBe(1);
  });

  it('a plan is shown, and its manifest with it', async () => {
    const data = await folderWithout('runs', (path) => writeFile(path, ''));

    const { code, stdout } = await callIn(data, []);

    expect(shownIn(stdout)).toMatchObject({ status: 'PLANNED', error: null });
    expect(code).toBe(1);
  });

  it('any longer, the overwrite is not begun, and what was stopped is started again', async () => {
    const data = join(example.folder, 'data');
    const before = example.contents();

    const { code, stdout } = await callIn(data, ['-x', '--json'], {
      hooks: {
        before_overwrite: [
          hook('stop', block(data), { on_abort: hook('start', ':') }),
          hook('dismount', ':'),
        ],
      },
    });

    const { error, target } = manifestSchema.parse(JSON.parse(stdout));
    expect(error?.name).toBe('RecordsNotKept');
    expect(target).toBe('untouched');
    expect(example.contents()).toEqual(before);
    expect(await diary()).toBe('stop\nstart\n');
    expect(code).toBe(1);
  });

  it('once the target is overwritten, what is left to do is done, and the exit code tells', async () => {
    const data = join(example.folder, 'data');

    const { code, stdout, stderr } = await callIn(data, ['-x'], {
      hooks: { after_overwrite: [hook('mask', block(data)), hook('open', ':')] },
    });

    expect(shownIn(stdout)).toMatchObject({ status: 'SUCCEEDED', target: 'refreshed' });
    expect(await diary()).toBe('mask\nopen\n');
    expect(stderr).toContain(`cannot be written to "${data}" (ENOTDIR`);
    expect(code).toBe(1);
  });
});

it('a log that cannot be written ends no run', async () => {
  const data = await folderWithout('functions.log', (path) => mkdir(path));

  const { code, stderr } = await callIn(data, ['-x']);

  expect(stderr).toContain(`The log "${data}/functions.log" cannot be written (EISDIR`);
  expect(code).toBe(0);
});

it('an output file that cannot be written is told, and the manifest is kept', async () => {
  const data = join(example.folder, 'data');
  const output = join(example.folder, 'volumes.txt');
  await symlink(join(example.folder, 'no-such-folder', 'volumes.txt'), output);

  const { code, stdout, stderr } = await callIn(data, ['-x', '-o', output]);

  const [, path = ''] = /\nManifest {2}(.+)/.exec(stdout) ?? [];
  expect(manifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))).status).toBe('SUCCEEDED');
  expect(stderr).toContain(`The output file "${output}" could not be written (ENOENT`);
  expect(code).toBe(1);
});
