import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { some } from '../support/extent.ts';
import { call, run } from './command-line.ts';
import { EXCLUDED, groups, SOURCE, TARGET, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

describe('without options', () => {
  it('executes the worked example, twice at once, and proves the copy; --json prints the manifest and nothing else', async () => {
    const [{ code, stdout }, json] = await Promise.all([
      run(example.folder, []),
      run(example.folder, ['--json']),
    ]);

    expect(code).toBe(0);
    expect(stdout).toContain('gct-oradb-demo-prd01-fra-01');
    expect(stdout).toContain('SUCCEEDED: 4 volumes');
    expect(stdout.match(/ equal +│$/gm)).toHaveLength(4);
    expect(stdout).not.toContain('DIFFERENT');
    expect(json.code).toBe(0);
    const manifest = manifestSchema.parse(JSON.parse(json.stdout));
    expect(manifest.status).toBe('SUCCEEDED');
    expect(stdout).not.toContain(manifest.run);
    const folder = join(example.folder, 'flasharray-refresh/manifests', TARGET);
    const kept = await readFile(join(folder, `${manifest.run}.json`), 'utf8');
    expect(JSON.parse(kept)).toEqual(manifest);
  });
});

describe('with the script’s own file', () => {
  const options = { excluded_volumes: EXCLUDED, replicate: 'False', execute: 'True' };

  const spellings: [string, string, () => object][] = [
    [
      'the later spelling, on the REST version that it pins',
      '2.20',
      () => ({
        flash_array_host: example.array.host,
        flash_array_api_token: example.array.api_token,
        src_flash_array_ca: example.array.ca,
        src_protection_group: SOURCE,
        tgt_protection_group: TARGET,
        flash_array_api_version: '2.20',
        ...options,
      }),
    ],
    ['the first spelling', '2.26', () => ({ ...example.credentials, ...groups, ...options })],
  ];

  // In the first one are the other tests.
  it.each(some(spellings, 1))(
    'plans in %s and changes nothing, whatever the file says of execute',
    async (_, version, document) => {
      const file = await example.configure(document());

      const { code, stdout, stderr } = await call(example.folder, ['-f', file, '--json']);

      expect(stderr).toContain('only -x executes');
      expect(code).toBe(0);
      const manifest = manifestSchema.parse(JSON.parse(stdout));
      expect(manifest).toMatchObject({ status: 'PLANNED', target: 'untouched' });
      expect(manifest.pairs).toHaveLength(4);
      expect(manifest.arrays.source?.rest_version).toBe(version);
      expect(example.mutations()).toEqual([]);
    },
  );

  it('executes with the script’s long options and writes the list of snapshot volumes', async () => {
    const volumes = example.contents();
    const ids = new Map(
      example.simulator.state().arrays.flatMap((a) => a.volumes.map(({ name, id }) => [name, id])),
    );
    const excluded_volumes = EXCLUDED.map((name) => ({ volume_id: ids.get(name) }));
    const file = await example.configure({ ...example.credentials, excluded_volumes });
    const list = join(example.folder, 'volumes.txt');
    const groupOptions = [
      '--source_protection_group',
      SOURCE,
      `--target_protection_group=${TARGET}`,
    ];

    const { code } = await call(example.folder, [
      ...groupOptions,
      ...['--snapshot_name', 's1', '--config_file', file, '--output_file', list, '--execute_lock'],
    ]);

    expect(code).toBe(0);
    expect((await readFile(list, 'utf8')).trim().split('\n')).toEqual(
      ['data-00', 'data-01', 'fra-00', 'fra-01'].map(
        (volume) => `${SOURCE}.s1.gct-oradb-demo-prd01-${volume}`,
      ),
    );
    expect(example.contents().get('gct-oradb-demo-dev01-fra-00')).toBe(
      volumes.get('gct-oradb-demo-prd01-fra-00'),
    );
  });

  it('takes what the file lacks from the environment', async () => {
    const file = await example.configure({
      src_flash_array_ca: example.array.ca,
      ...groups,
      excluded_volumes: EXCLUDED,
    });

    const { code } = await call(example.folder, ['-f', file], {
      FA_HOST: example.array.host,
      API_TOKEN: example.array.api_token,
    });

    expect(code).toBe(0);
  });
});

describe('what is refused with exit 2, before an array is asked', () => {
  it('an unknown option, by a process that ends with it', async () => {
    const { code, stdout, stderr } = await run(example.folder, ['--frobnicate']);

    expect(stderr).toContain('--frobnicate');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each<[string, readonly string[], string]>([
    ['a worked example that there is not', ['--demo', 'local'], '--demo replication'],
    ['backup mode without a snapshot', ['-b', '--undo', '-t', TARGET], '-b'],
    ['a recovery that names no group', ['--recover', 'run-1'], '-s'],
    ['a missing value', ['-n'], '--snapshot-name'],
    ['a missing file', ['-f', 'no-such-file.json'], 'no-such-file.json'],
    ['an output file that cannot be written', ['-o', '/no/such/folder/x'], '/no/such/folder/x'],
    ['no source group', ['-n', 's1'], '-s'],
    [
      'what is no hash of a plan',
      ['--expect-plan', 'sha256:beef'],
      '--expect-plan is "sha256:beef"',
    ],
    ['a snapshot name of digits alone', ['-s', SOURCE, '-n', '20261124'], '20261124'],
  ])('%s', async (_, args, told) => {
    const { code, stdout, stderr } = await call(example.folder, args);

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
      'backup mode in the file without a database',
      { source_protection_group: SOURCE, ora_backup_mode: true },
      'For ora_backup_mode the source database must be known',
    ],
    [
      'two values in two spellings',
      { ...groups, src_protection_group: TARGET },
      'source_protection_group',
    ],
  ])('%s', async (_, document, told) => {
    const complete = Array.isArray(document) || typeof document === 'string';
    const file = await example.configure(
      complete ? document : { ...example.credentials, ...Object(document) },
    );

    const { code, stderr } = await call(example.folder, ['-f', file]);

    expect(stderr).toContain(told);
    expect(stderr).not.toContain(example.array.api_token);
    expect(code).toBe(2);
    expect(example.simulator.requests()).toEqual([]);
  });

  it('a name that comes from an option, naming that', async () => {
    const file = await example.configure({ ...example.credentials, ...groups });

    const { code, stderr } = await call(example.folder, ['-f', file, '-t', 'dev pg', '-n', 's1']);

    expect(stderr).toContain(
      '(target_protection_group from -t, snapshot_name from -n) is not valid: target_protection_group',
    );
    expect(stderr).toContain('found "dev pg"');
    expect(code).toBe(2);
  });

  it('a file without credentials, naming what is missing', async () => {
    const file = await example.configure({ ...groups });

    const { code, stderr } = await call(example.folder, ['-f', file]);

    expect(stderr).toContain('src_flash_array_host and no src_flash_array_api_token');
    expect(code).toBe(2);
  });
});
