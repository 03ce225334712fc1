import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleHandlers } from '../../lib/handler-code.ts';
import { root, temporaryFolder } from './support/project.ts';

describe('the bundle', () => {
  const folder = temporaryFolder();
  bundleHandlers(folder);

  it('is smaller than 1.4 MB', () => {
    expect(statSync(join(folder, 'index.mjs')).size).toBeLessThan(1_400_000);
  });

  it('exports both handlers, and loads without anything beside it', () => {
    const url = pathToFileURL(join(folder, 'index.mjs')).href;
    const script = `console.log(Object.keys(await import(${JSON.stringify(url)})).sort().join())`;
    const node = join(root, 'node_modules', '.bin', 'node');

    const printed = execFileSync(node, ['--input-type=module', '--eval', script], { cwd: folder });

    expect(printed.toString()).toBe('start,step\n');
  });

  it('maps to the lines of the sources, by their paths in the project, and holds none of them', () => {
    const map = z
      .looseObject({ sources: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8')));

    expect(map.sources).toContain('lambda/handlers/step.ts');
    expect(
      map.sources.filter(
        (source) => !/^(lambda\/|node_modules\/|lib\/undici-agent\.cjs$)/.test(source),
      ),
    ).toEqual([]);
    expect(map).not.toHaveProperty('sourcesContent');
  });

  it('is the same, to the byte, when it is made again, somewhere else', () => {
    const again = join(temporaryFolder(), 'deeper');
    mkdirSync(again);
    bundleHandlers(again);

    expect(readdirSync(again).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    for (const file of readdirSync(again)) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(folder, file)))).toBe(true);
    }
  });
});
