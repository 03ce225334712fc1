import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/**
 * As a deployment has it that can speak to a source database and call hooks: whether a run does, it says itself. Nobody asks
 * here what the machine may call.
 */
const SETTINGS = JSON.stringify({
  refreshes: [],
  oracle: {},
  hooks: {
    documents: ['AWS-RunShellScript'],
    instanceTags: { 'flasharray-refresh': ['hooks'] },
    functions: ['arn:aws:lambda:us-east-1:123456789012:function:hook'],
  },
});
/** Everything that the synthesized assembly depends on. */
const SOURCES = [
  'bin/app.ts',
  'lib/**/*.{ts,cjs}',
  'lambda/**/*.ts',
  'cdk.json',
  'package-lock.json',
];

/**
 * The folder with the synthesized assembly of these sources. It bears their hash and is reused; two processes may
 * make it at once, each in a folder of its own, and the first to finish gives it its name.
 * @param onSynthesis called when it has to be made, which takes some seconds
 */
export const findAssembly = async (onSynthesis: () => void = () => {}): Promise<string> => {
  const folder = join(root, '.assemblies', (await hashSources()).slice(0, 16));
  if (await exists(folder)) return folder;
  onSynthesis();
  const own = `${folder}-${process.pid}`;
  await mkdir(join(root, '.assemblies'), { recursive: true });
  await synthesize(own);
  try {
    await rename(own, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
    await rm(own, { recursive: true });
  }
  return folder;
};

const hashSources = async (): Promise<string> => {
  const files = await Array.fromAsync(glob(SOURCES, { cwd: root }));
  const hash = createHash('sha256').update(SETTINGS);
  for (const file of files.sort()) hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex');
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const synthesize = (folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
    const child = spawn(
      process.execPath,
      [cdk, 'synth', '--quiet', '--output', folder, '--context', `settings=${SETTINGS}`],
      {
        cwd: root,
        env: {
          ...process.env,
          CDK_DISABLE_VERSION_CHECK: '1',
          // Its rules look for what a deployment could trip over, and take four seconds; deployments have them.
          CDK_VALIDATION: 'false',
          // The app runs on the Node that runs us, whatever else is installed.
          PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk synth ended with ${code}:\n${said}`));
    });
  });
