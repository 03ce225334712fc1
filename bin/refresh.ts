import { main } from '../local/command-line/main.ts';

process.exitCode = await main(process.argv.slice(2));
