import { enableCompileCache } from 'node:module';

// What Node has compiled is kept in the system's folder for temporary files: a start takes a tenth less.
enableCompileCache();
const { main } = await import('../local/command-line/main.ts');

// Whoever reads may be gone: what was begun has to be ended all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exitCode = await main(process.argv.slice(2), { env: process.env, screen: process.stderr });
