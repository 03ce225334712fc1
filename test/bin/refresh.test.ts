import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { demoState } from '../../local/array/demo.ts';
import { type RunningSimulator, startSimulator } from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import { launch, newFolder, removeFolders, run, writeJson } from './command-line.ts';

const SOURCE = 'gct-oradb-demo-prd01-pg';
const TARGET = 'gct-oradb-demo-dev01-pg';
const EXCLUDED = ['gct-oradb-demo-prd01-config-00', 'gct-oradb-demo-prd01-config-01'];

let simulator: RunningSimulator;
let folder: string;

beforeAll(async () => {
  // Below 2.32 volumes are overwritten one by one, so a run can stop in the middle.
  simulator = await startSimulator({ state: demoState, restVersion: '2.26' });
  await findAssembly();
});
afterAll(removeFolders);
beforeEach(async () => {
  simulator.reset();
  folder = await newFolder();
});
afterAll(() => simulator.stop());

const array = () => {
  const [first] = simulator.arrays;
  if (!first) throw new Error('The simulator has no array.');
  return first;
};
const credentials = () => ({
  src_flash_array_host: array().host,
  src_flash_array_api_token: array().api_token,
  src_flash_array_ca: array().ca,
});
const groups = { source_protection_group: SOURCE, target_protection_group: TARGET };
const configure = (document: unknown) => writeJson(folder, 'config.json', document);
const mutations = () =>
  simulator
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !/\/(?:login|logout|test)$/.test(path));
const contents = () =>
  new Map(
    simulator.state().arrays.flatMap(({ volumes }) => volumes.map((v) => [v.name, v.fingerprint])),
  );

describe('without options', () => {
  it('executes the worked example on a simulated array and proves the copy', async () => {
    const { code, stdout } = await run(folder, []);

    expect(code).toBe(0);
    expect(stdout).toContain('gct-oradb-demo-prd01-fra-01');
    expect(stdout).toContain('SUCCEEDED: 4 volumes');
    expect(stdout.match(/ equal +│$/gm)).toHaveLength(4);
    expect(stdout).not.toContain('DIFFERENT');
  });

  it('prints the manifest and nothing else with --json, and can run twice at once', async () => {
    const [first, second] = await Promise.all([run(folder, ['--json']), run(folder, ['--json'])]);

    const manifests = [first, second].map(({ stdout }) => manifestSchema.parse(JSON.parse(stdout)));
    expect(manifests.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(manifests[0]?.run).not.toBe(manifests[1]?.run);
    const kept = join(folder, 'flasharray-refresh/manifests', TARGET, `${manifests[0]?.run}.json`);
    expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual(manifests[0]);
  });
});

describe('with the script’s own file', () => {
  const options = { excluded_volumes: EXCLUDED, replicate: 'False', execute: 'True' };

  it.each([
    ['the first spelling', () => ({ ...credentials(), ...groups, ...options })],
    [
      'the later spelling',
      () => ({
        flash_array_host: array().host,
        flash_array_api_token: array().api_token,
        src_flash_array_ca: array().ca,
        src_protection_group: SOURCE,
        tgt_protection_group: TARGET,
        flash_array_api_version: '2.20',
        ...options,
      }),
    ],
  ])('plans in %s and changes nothing, whatever the file says of execute', async (_, document) => {
    const file = await configure(document());

    const { code, stdout, stderr } = await run(folder, ['-f', file, '--json']);

    expect(stderr).toContain('only -x executes');
    expect(code).toBe(0);
    const manifest = manifestSchema.parse(JSON.parse(stdout));
    expect(manifest).toMatchObject({ status: 'PLANNED', target: 'untouched' });
    expect(manifest.pairs).toHaveLength(4);
    expect(mutations()).toEqual([]);
  });

  it('speaks the REST version that the file pins', async () => {
    const file = await configure({
      ...credentials(),
      ...groups,
      ...options,
      flash_array_api_version: '2.20',
    });

    const { stdout } = await run(folder, ['-f', file, '--json']);

    expect(manifestSchema.parse(JSON.parse(stdout)).arrays.source?.rest_version).toBe('2.20');
  });

  it('executes with the script’s long options and writes the list of snapshot volumes', async () => {
    const volumes = contents();
    const ids = new Map(
      simulator.state().arrays.flatMap((a) => a.volumes.map(({ name, id }) => [name, id])),
    );
    const excluded_volumes = EXCLUDED.map((name) => ({ volume_id: ids.get(name) }));
    const file = await configure({ ...credentials(), excluded_volumes });
    const list = join(folder, 'volumes.txt');
    const groupOptions = [
      '--source_protection_group',
      SOURCE,
      `--target_protection_group=${TARGET}`,
    ];

    const { code } = await run(folder, [
      ...groupOptions,
      ...['--snapshot_name', 's1', '--config_file', file, '--output_file', list, '--execute_lock'],
    ]);

    expect(code).toBe(0);
    expect((await readFile(list, 'utf8')).trim().split('\n')).toEqual(
      ['data-00', 'data-01', 'fra-00', 'fra-01'].map(
        (volume) => `${SOURCE}.s1.gct-oradb-demo-prd01-${volume}`,
      ),
    );
    expect(contents().get('gct-oradb-demo-dev01-fra-00')).toBe(
      volumes.get('gct-oradb-demo-prd01-fra-00'),
    );
  });

  it('takes what the file lacks from the environment', async () => {
    const file = await configure({
      src_flash_array_ca: array().ca,
      ...groups,
      excluded_volumes: EXCLUDED,
    });

    const { code } = await run(folder, ['-f', file], {
      FA_HOST: array().host,
      API_TOKEN: array().api_token,
    });

    expect(code).toBe(0);
  });
});

describe('what is refused with exit 2, before an array is asked', () => {
  it.each<[string, readonly string[], string]>([
    ['an unknown option', ['--frobnicate'], '--frobnicate'],
    ['a worked example that there is not', ['--demo', 'local'], '--demo replication'],
    ['backup mode', ['-b'], '-b (--backup-mode)'],
    ['a missing value', ['-n'], '--snapshot-name'],
    ['a missing file', ['-f', 'no-such-file.json'], 'no-such-file.json'],
    ['an output file that cannot be written', ['-o', '/no/such/folder/x'], '/no/such/folder/x'],
    ['no source group', ['-n', 's1'], '-s'],
    ['a snapshot name of digits alone', ['-s', SOURCE, '-n', '20261124'], '20261124'],
  ])('%s', async (_, args, told) => {
    const { code, stdout, stderr } = await run(folder, args);

    expect(stderr).toContain(told);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each<[string, unknown, string]>([
    [
      'a file that is not JSON',
      '{ "src_flash_array_host": "h"\n "source_protection_group": "p" }',
      'line 2',
    ],
    ['a file that is a list', [], 'JSON object'],
    ['an unknown key', { source_protection_group: SOURCE, sauce: 1 }, '"sauce"'],
    [
      'replication in the file without a second array',
      { source_protection_group: SOURCE, replicate: 'True' },
      'tgt_flash_array_host and no tgt_flash_array_api_token',
    ],
    [
      'backup mode in the file',
      { source_protection_group: SOURCE, ora_backup_mode: true },
      'ora_backup_mode',
    ],
    [
      'two values in two spellings',
      { ...groups, src_protection_group: TARGET },
      'source_protection_group',
    ],
  ])('%s', async (_, document, told) => {
    const complete = Array.isArray(document) || typeof document === 'string';
    const file = await configure(complete ? document : { ...credentials(), ...Object(document) });

    const { code, stderr } = await run(folder, ['-f', file]);

    expect(stderr).toContain(told);
    expect(stderr).not.toContain(array().api_token);
    expect(code).toBe(2);
    expect(simulator.requests()).toEqual([]);
  });

  it('a file without credentials, naming what is missing', async () => {
    const file = await configure({ ...groups });

    const { code, stderr } = await run(folder, ['-f', file]);

    expect(stderr).toContain('src_flash_array_host and no src_flash_array_api_token');
    expect(code).toBe(2);
  });
});

describe('how it ends', () => {
  const ready = () => configure({ ...credentials(), ...groups, excluded_volumes: EXCLUDED });

  it('with 1 when the array refuses the token', async () => {
    const file = await configure({
      ...credentials(),
      ...groups,
      src_flash_array_api_token: 'wrong-token',
    });

    const { code, stdout, stderr } = await run(folder, ['-f', file, '-x']);

    expect(code).toBe(1);
    expect(stdout).toContain('ArrayLoginRefused');
    expect(stdout + stderr).not.toContain('wrong-token');
  });

  it('with 1 when a group is the source and the target', async () => {
    const { code, stderr } = await run(folder, ['-f', await ready(), '-t', SOURCE, '-x']);

    expect(code).toBe(1);
    expect(stderr).toContain('SourceIsTarget');
  });

  it('with 3 when the array refuses a volume in the middle', async () => {
    const refused = { errors: [{ context: null, message: 'Operation failed.' }] };
    simulator.addFaults([
      {
        method: 'POST',
        path: '/volumes',
        nth: 3,
        times: 0,
        effect: { status: 400, body: refused },
      },
    ]);

    const { code, stdout } = await run(folder, ['-f', await ready(), '-x', '--json']);

    expect(code).toBe(3);
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'FAILED',
      target: 'mixed',
    });
  });

  it('with 1 and an untouched target after Ctrl-C in front of the overwrite', async () => {
    const before = contents();
    simulator.addFaults([{ method: 'GET', path: '/arrays', effect: { delay_ms: 1_000 } }]);
    const running = launch(folder, ['-f', await ready(), '-x', '--json']);
    await running.shows('Prepare …');

    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;

    expect(code).toBe(1);
    expect(stderr).toContain('being finished first');
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: { name: 'Interrupted' },
    });
    expect(mutations()).toEqual([]);
    expect(contents()).toEqual(before);
  });

  it('with 1 and a whole refresh after Ctrl-C in the middle of the overwrite', async () => {
    simulator.addFaults([{ method: 'POST', path: '/volumes', effect: { delay_ms: 1_000 } }]);
    const running = launch(folder, ['-f', await ready(), '-x', '--json']);
    await running.shows('Overwrite Volumes …');

    running.process.kill('SIGINT');
    const { code, stdout } = await running.finished;

    expect(code).toBe(1);
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'SUCCEEDED',
      target: 'refreshed',
    });
  });

  it('at once with 3 after a second Ctrl-C in the middle of the overwrite', async () => {
    simulator.addFaults([
      { method: 'POST', path: '/volumes', times: 0, effect: { delay_ms: 60_000 } },
    ]);
    const running = launch(folder, ['-f', await ready(), '-x']);
    await running.shows('Overwrite Volumes …');

    running.process.kill('SIGINT');
    await running.shows('being finished first');
    running.process.kill('SIGINT');
    const { code, stderr } = await running.finished;

    expect(code).toBe(3);
    expect(stderr).toContain('take the target group as mixed');
  });
});
