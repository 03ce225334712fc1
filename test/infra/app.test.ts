import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
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

it('cdk synth makes the assembly, without an account and without a network', () => {
  const output = temporaryFolder();

  const { status, stdout, stderr } = run('cdk', ['synth', '--quiet', '--output', output]);

  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: '' });
  const template = z
    .object({ Resources: z.record(z.string(), z.looseObject({ Metadata: z.unknown() })) })
    .parse(JSON.parse(readFileSync(join(output, 'FlashArrayRefresh.template.json'), 'utf8')));
  const assets = Object.values(template.Resources).flatMap(({ Metadata }) => {
    const result = z.object({ 'aws:asset:path': z.string() }).safeParse(Metadata);
    return result.success ? [result.data['aws:asset:path']] : [];
  });
  // One asset for both functions.
  const [asset = ''] = assets;
  expect(assets).toEqual([asset, asset]);
  expect(readdirSync(join(output, asset)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
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
