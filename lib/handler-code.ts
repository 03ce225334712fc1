import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** undici and other CommonJS packages call `require`, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/** Bundles `lambda/index.ts` into `directory`: `index.mjs` and a source map that names lines but holds no source. */
export function bundleHandlers(directory: string): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: ['lambda/index.ts'],
    outfile: `${directory}/index.mjs`,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: requireForCommonJs },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/**
 * The code of both functions: one bundle, one asset. The asset is named by the hash of the bundle, so that a deploy
 * that changes no handler uploads nothing. Needs no Docker: the image is a formality of the CDK and never used.
 */
export function handlerCode(): AssetCode {
  return Code.fromAsset(`${root}lambda`, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(directory) {
          bundleHandlers(directory);
          return true;
        },
      },
    },
  });
}
