import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** undici and other CommonJS packages call `require`, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/** What each bundle is made of. The functions that speak to arrays do not even hold the driver of a database. */
export const bundles = {
  arrays: 'lambda/index.ts',
  oracle: 'lambda/handlers/oracle.ts',
  notices: 'lambda/handlers/notify.ts',
} as const;

/**
 * Bundles a file of the project, and all that it imports, into `directory`: `index.mjs`, and a source map that tells
 * lines but holds no source. The bytes depend on the sources alone, not on the directory.
 */
export function bundleEntry(entryPoint: string, directory: string): void {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    // Written below: the map names its sources relative to this place.
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: {
      undici: join(root, 'lib/undici-agent.cjs'),
      '#undici-lib': join(dirname(createRequire(import.meta.url).resolve('undici')), 'lib'),
    },
    banner: { js: requireForCommonJs },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(directory, basename(path)), contents);
  }
}

/**
 * The code of a function: a bundle, one asset, named by the hash of the bundle, so that a deployment uploads nothing when
 * no handler changed. Needs no Docker: the image is a formality of the CDK.
 */
export function handlerCode(entryPoint: string): AssetCode {
  return Code.fromAsset(join(root, 'lambda'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // Tells the bundles apart: the CDK makes an asset once for all that ask for the same, and does not look into `local`.
      command: [entryPoint],
      local: {
        tryBundle(directory) {
          bundleEntry(entryPoint, directory);
          return true;
        },
      },
    },
  });
}
