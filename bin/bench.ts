import { enableCompileCache } from 'node:module';

// As in refresh.ts: what Node has compiled is kept, with the types stripped.
enableCompileCache();
const { main } = await import('../local/bench/main.ts');

process.exitCode = await main(process.argv.slice(2));
