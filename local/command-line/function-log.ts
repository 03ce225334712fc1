import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FunctionLog {
  readonly write: (line: string) => void;
  close(): Promise<void>;
}

/** Appends the functions' log lines to a file, where the cloud has its log groups. */
export const openFunctionLog = async (file: string): Promise<FunctionLog> => {
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  return {
    write: (line) => stream.write(`${line}\n`),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
};
