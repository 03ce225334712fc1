import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manifestSchema } from '../../lambda/refresh/manifest.ts';
import { replicationDemoState } from '../../local/array/demo.ts';
import { type RunningSimulator, startSimulator } from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import { allCases } from '../support/extent.ts';
import { call, launch, newFolder, removeFolders, writeJson } from './command-line.ts';

const SOURCE = 'gct-oradb-demo-prd01-pg';
const TARGET = 'gct-oradb-demo-dev01-pg';
const VOLUMES = ['data-00', 'data-01', 'fra-00', 'fra-01'];

let simulator: RunningSimulator;
let folder: string;

beforeAll(async () => {
  simulator = await startSimulator({ state: replicationDemoState });
  await findAssembly();
});
afterAll(removeFolders);
beforeEach(async () => {
  simulator.reset();
  folder = await newFolder();
});
afterAll(() => simulator.stop());

const array = (index: number) => {
  const found = simulator.arrays[index];
  if (!found) throw new Error(`The simulator has no array ${index}.`);
  return found;
};
const definition = {
  source_protection_group: SOURCE,
  target_protection_group: TARGET,
  snapshot_name: 's1',
  excluded_volumes: ['gct-oradb-demo-prd01-config-00', 'gct-oradb-demo-prd01-config-01'],
};
const first = () => ({
  src_flash_array_host: array(0).host,
  src_flash_array_api_token: array(0).api_token,
  src_flash_array_ca: array(0).ca,
});
const second = () => ({
  tgt_flash_array_host: array(1).host,
  tgt_flash_array_api_token: array(1).api_token,
  tgt_flash_array_ca: array(1).ca,
});
const configure = (document: object) => writeJson(folder, 'config.json', document);
const mutations = () =>
  simulator
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !/\/(?:login|logout|test)$/.test(path))
    .map(
      ({ array: name, method, path }) => `${name} ${method} ${path.replace(/^\/api\/2\.\d+/, '')}`,
    );
const contents = () =>
  new Map(
    simulator.state().arrays.flatMap(({ volumes }) => volumes.map((v) => [v.name, v.fingerprint])),
  );

describe('a refresh on a second array', () => {
  // The plan is that of the flow, and the file’s credentials are read further down.
  it.runIf(allCases)('is planned on both, as the file asks for it', async () => {
    const file = await configure({ ...first(), ...second(), ...definition, replicate: 'True' });

    const { code, stdout } = await call(folder, ['-f', file, '--json']);

    expect(code).toBe(0);
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'PLANNED',
      arrays: { source: { name: 'fa-prod' }, target: { name: 'fa-dr' } },
      replication: { snapshot: `fa-prod:${SOURCE}.s1`, done: false },
      pairs: VOLUMES.map((name) => ({ target: { name: `gct-oradb-demo-dev01-${name}` } })),
    });
    expect(mutations()).toEqual([]);
  });

  it('is executed with -r -x, the target’s credentials from the environment', async () => {
    simulator.setReplication({ start_delay_ms: 0, duration_ms: 0 });
    const before = contents();
    const { tgt_flash_array_ca } = second();
    const file = await configure({ ...first(), tgt_flash_array_ca, ...definition });
    const list = join(folder, 'volumes.txt');

    const { code, stdout, stderr } = await call(folder, ['-f', file, '-r', '-x', '-o', list], {
      FA_HOST_TGT: array(1).host,
      API_TOKEN_TGT: array(1).api_token,
    });

    expect(stderr).toMatch(/Replication █+ 100\.0 %/);
    expect(code).toBe(0);
    expect(stdout).toContain(`Target    ${TARGET} on fa-dr`);
    for (const name of VOLUMES) {
      expect(contents().get(`gct-oradb-demo-dev01-${name}`)).toBe(
        before.get(`gct-oradb-demo-prd01-${name}`),
      );
    }
    expect((await readFile(list, 'utf8')).trim().split('\n')).toEqual(
      VOLUMES.map((name) => `fa-prod:${SOURCE}.s1.gct-oradb-demo-prd01-${name}`),
    );
    expect(mutations()).toEqual([
      'fa-prod POST /protection-group-snapshots',
      'fa-dr POST /protection-group-snapshots',
      'fa-dr PUT /volume-snapshots/tags/batch',
      'fa-dr PUT /volume-snapshots/tags/batch',
      'fa-dr PATCH /protection-group-snapshots',
      'fa-dr PUT /volume-snapshots/tags/batch',
      'fa-dr POST /volumes/batch',
      'fa-dr PATCH /protection-group-snapshots',
    ]);
  });

  it.each([
    ['-r', { ...definition }, ['-r']],
    ['the file', { ...definition, replicate: true }, []],
  ])(
    'that %s asks for is refused with exit 2 where its credentials are missing',
    async (_, document, args) => {
      const file = await configure({ ...first(), ...document });

      const { code, stdout, stderr } = await call(folder, ['-f', file, ...args, '-x']);

      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('no tgt_flash_array_host and no tgt_flash_array_api_token');
      expect(stderr).toContain('FA_HOST_TGT and API_TOKEN_TGT');
      expect(simulator.requests()).toEqual([]);
    },
  );

  it('does not suffer from what is wrong with them where nothing is replicated', async () => {
    const file = await configure({ ...first(), ...definition, tgt_flash_array_host: 'https://x/' });

    const { code, stdout } = await call(folder, ['-f', file, '--json']);

    // Both groups are looked for on the first array then, which has no such target group.
    expect(code).toBe(1);
    expect(manifestSchema.parse(JSON.parse(stdout)).error).toMatchObject({
      name: 'ProtectionGroupNotFound',
      message: expect.stringContaining(`"${TARGET}" on array ${array(0).host}`),
    });
  });

  it('ends with 1 and an untouched target after Ctrl-C while it waits', async () => {
    simulator.setReplication({ start_delay_ms: 0, duration_ms: 10, stall_at: 0.25 });
    const before = contents();
    const file = await configure({ ...first(), ...second(), ...definition });
    const running = launch(folder, ['-f', file, '-r', '-x', '--json']);
    await running.shows('Replication ');

    running.process.kill('SIGINT');
    const { code, stdout } = await running.finished;

    expect(code).toBe(1);
    expect(manifestSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      replication: { done: false, polls: 1 },
      error: { name: 'Interrupted' },
    });
    expect(mutations()).toEqual(['fa-prod POST /protection-group-snapshots']);
    expect(contents()).toEqual(before);
  });
});
