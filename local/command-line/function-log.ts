import { createWriteStream } from 'node:fs';

export interface FunctionLog {
  readonly write: (line: string) => void;
  close(): Promise<void>;
}

/** Appends the functions' log lines to a file, where the cloud has its log groups. @param warn is told where that fails */
export const openFunctionLog = (file: string, warn: (text: string) => void): FunctionLog => {
  const stream = createWriteStream(file, { flags: 'a' });
  // Without a listener it would end the process, in the middle of whatever that does.
  stream.on('error', ({ message }) =>
    warn(`The log "${file}" cannot be written (${message}). The run goes on without it.`),
  );
  return {
    write: (line) => stream.write(`${line}\n`),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
};
