import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findAssembly } from '../../local/assembly.ts';
import { readOptions } from '../../local/bench/options.ts';
import { UsageError } from '../../local/command-line/options.ts';
import { newFolder, removeFolders, run } from './command-line.ts';

const entry = fileURLToPath(new URL('../../bin/bench.ts', import.meta.url));

const figures = z.strictObject({
  requests: z.int().positive(),
  ms: z.number().positive(),
  mixedMs: z.number().nonnegative(),
  peakBytes: z.int().positive(),
  isRight: z.boolean(),
});
const report = z.strictObject({
  node: z.string(),
  cores: z.int().positive(),
  runs: z.int().positive(),
  comparisons: z.array(
    z.strictObject({
      volumes: z.int(),
      restVersion: z.string(),
      latencyMs: z.int(),
      refresh: figures,
      script: figures,
      ratio: z.number().positive(),
    }),
  ),
});

describe('the bench', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await newFolder();
    await findAssembly();
  });
  afterAll(removeFolders);

  const bench = (...args: string[]) => run(folder, args, {}, entry);

  it('counts requests and checks copies, of refreshes and of the script', async () => {
    const { code, stdout, stderr } = await bench(
      ...['--volumes', '4,16', '--rest', '2.56', '--latency', '0', '--runs', '1', '--json'],
    );

    expect(code, stderr).toBe(0);
    const { comparisons, runs } = report.parse(JSON.parse(stdout));
    expect(runs).toBe(1);
    expect(comparisons.map(({ volumes }) => volumes)).toEqual([4, 16]);
    for (const { restVersion, latencyMs, volumes, refresh, script } of comparisons) {
      expect({ restVersion, latencyMs }).toEqual({ restVersion: '2.56', latencyMs: 0 });
      expect(script.requests).toBe(12 + 3 * volumes);
      expect([refresh.isRight, script.isRight]).toEqual([true, true]);
      // One request overwrites all.
      expect(refresh.mixedMs).toBe(0);
    }
    const [few, more] = comparisons;
    expect(more?.refresh.requests).toBe(few?.refresh.requests);
    expect(more?.refresh.requests).toBeLessThan(more?.script.requests ?? 0);
  });

  it('ends with 2 for an option that it does not know', async () => {
    const { code, stdout, stderr } = await bench('--frobnicate');

    expect(stderr).toContain('--frobnicate');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    ['--volumes', '4,none'],
    ['--volumes', '1001'],
    ['--rest', '2.12'],
    ['--latency', '-1'],
    ['--runs', '0'],
  ])('refuses %s %s', (option, value) => {
    expect(() => readOptions([`${option}=${value}`])).toThrow(UsageError);
  });
});
