import { enableCompileCache } from 'node:module';

// As in refresh.ts: what Node has compiled is kept, with the types stripped.
enableCompileCache();
const { readOptions } = await import('../local/array/read-options.ts');
const { startSimulator } = await import('../local/array/simulator.ts');

const USAGE = 'npm run simulator -- [--port N] [--state FILE] [--latency MS] [--rest-version 2.N]';

try {
  const simulator = await startSimulator(await readOptions(process.argv.slice(2)));
  const stop = async () => {
    await simulator.stop();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(JSON.stringify({ arrays: simulator.arrays, admin: simulator.admin }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
