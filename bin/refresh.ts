import { enableCompileCache } from 'node:module';

// What Node has compiled is kept in the system's folder for temporary files: a start takes a tenth less.
enableCompileCache();
const { main } = await import('../local/command-line/main.ts');

// Whoever reads may be gone: what was begun has to be ended all the same. A disk that is full is something else.
let unwritten = 0;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unwritten = 1;
  process.exitCode ||= unwritten;
});
process.stderr.on('error', () => {});
const code = await main(process.argv.slice(2), { env: process.env, screen: process.stderr });
process.exitCode = code || unwritten;
