import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findAssembly } from '../../local/assembly.ts';
import { allCases } from '../support/extent.ts';
import { context, root, temporaryFolder } from './support/project.ts';

const bin = join(root, 'node_modules', '.bin');

/** Runs a tool of the project without an account, and without a network: the proxy is nowhere. */
const run = (tool: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(join(bin, tool), args, {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: temporaryFolder(),
      HTTPS_PROXY: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
      ...env,
    },
  });

const template = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Properties: z.looseObject({ Handler: z.string().optional() }).optional() }),
  ),
});
const isAsset = z.object({ 'aws:asset:path': z.string() });

/** The folder of each function's code, by its handler. Its name is the hash of its bytes. */
const assetsIn = (output: string): Record<string, string> => {
  const text = readFileSync(join(output, 'FlashArrayRefresh.template.json'), 'utf8');
  return Object.fromEntries(
    Object.values(template.parse(JSON.parse(text)).Resources).flatMap((resource) => {
      const asset = isAsset.safeParse(resource['Metadata']);
      return asset.success
        ? [[resource.Properties?.Handler ?? '', asset.data['aws:asset:path']]]
        : [];
    }),
  );
};

describe('the assembly', () => {
  const output = temporaryFolder();

  it('is made by cdk synth, without an account and without a network', () => {
    // The rules take half of the time, and `security-findings.test.ts` has them.
    const rules = allCases ? 'true' : 'false';
    const { status, stdout, stderr } = run('cdk', ['synth', '--quiet', '--output', output], {
      CDK_VALIDATION: rules,
    });

    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: '' });
    // One asset for both functions that know of arrays, and one for that which tells of ends.
    const { 'index.notify': notices = '', ...others } = assetsIn(output);
    const asset = others['index.step'] ?? '';
    expect(others).toEqual({ 'index.start': asset, 'index.step': asset });
    expect(notices).not.toBe(asset);
    for (const it of [asset, notices])
      expect(readdirSync(join(output, it)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });

  it('with a source database has one more asset, and the other ones to the byte as they were', async () => {
    const more = await findAssembly();

    const { 'index.oracle': asset = '', ...others } = assetsIn(more);
    expect(others).toEqual(assetsIn(output));
    expect(Object.values(others)).not.toContain(asset);
    expect(readdirSync(join(more, asset)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });
});

it('a mistake in the settings is told without a stack trace, and nothing is made', () => {
  const output = temporaryFolder();
  const settings = { refreshes: [{ name: 'nightly', shedule: 'rate(1 day)' }] };

  const { status, stdout, stderr } = run('node', ['bin/app.ts'], {
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, settings }),
    CDK_OUTDIR: output,
  });

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^The deployment settings cannot be used\.\n {2}settings\.refreshes\[0\]\.shedule: .+\n$/,
  );
  expect(existsSync(join(output, 'manifest.json'))).toBe(false);
});
