import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleEntry, bundles } from '../../lib/handler-code.ts';
import { root, temporaryFolder } from './support/project.ts';

describe.each([
  ['arrays', 'start,step', 1_400_000, 'lambda/handlers/step.ts', /oracledb/],
  ['oracle', 'createOracleHandler,oracle', 1_000_000, 'lambda/handlers/oracle.ts', /undici/],
  ['notices', 'notify', 800_000, 'lambda/handlers/notify.ts', /undici|oracledb/],
] as const)('the bundle for %s', (name, handlers, size, source, foreign) => {
  const folder = temporaryFolder();
  bundleEntry(bundles[name], folder);
  const map = z
    .looseObject({ sources: z.array(z.string()) })
    .parse(JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8')));

  it('is small', () => {
    expect(statSync(join(folder, 'index.mjs')).size).toBeLessThan(size);
  });

  it('exports its handlers, and loads without anything beside it', () => {
    const url = pathToFileURL(join(folder, 'index.mjs')).href;
    const script = `console.log(Object.keys(await import(${JSON.stringify(url)})).sort().join())`;
    const node = join(root, 'node_modules', '.bin', 'node');

    const printed = execFileSync(node, ['--input-type=module', '--eval', script], { cwd: folder });

    expect(printed.toString()).toBe(`${handlers}\n`);
  });

  it('maps to the lines of the sources, by their paths in the project, and holds none of them', () => {
    expect(map.sources).toContain(source);
    expect(
      map.sources.filter((it) => !/^(lambda\/|node_modules\/|lib\/undici-agent\.cjs$)/.test(it)),
    ).toEqual([]);
    expect(map).not.toHaveProperty('sourcesContent');
  });

  it('has nothing of a far end that it does not speak to', () => {
    expect(map.sources.filter((it) => foreign.test(it))).toEqual([]);
  });

  it('is the same, to the byte, when it is made again, somewhere else', () => {
    const again = join(temporaryFolder(), 'deeper');
    mkdirSync(again);
    bundleEntry(bundles[name], again);

    expect(readdirSync(again).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    for (const file of readdirSync(again)) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(folder, file)))).toBe(true);
    }
  });
});
