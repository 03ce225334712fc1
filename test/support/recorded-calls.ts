import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, inject } from 'vitest';
import * as z from 'zod';
import { type AwsCall, awsCallSchema } from './aws-calls.ts';

const recording = z.strictObject({ file: z.string(), calls: z.array(awsCallSchema).readonly() });

/** Leaves the calls of a test file for the tests that come after all of these. */
export const leaveCalls = (calls: readonly AwsCall[]): void => {
  const file = basename(expect.getState().testPath ?? '');
  const path = join(inject('recordings'), `${randomUUID()}.json`);
  writeFileSync(path, JSON.stringify({ file, calls } satisfies z.input<typeof recording>));
};

/** What test files have left so far: their names, and their calls, each once. */
export const readCalls = (): { files: string[]; calls: AwsCall[] } => {
  const folder = inject('recordings');
  const found = readdirSync(folder).map((name) =>
    recording.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  );
  const calls = found
    .flatMap((it) => it.calls)
    .map((call) => [JSON.stringify(call), call] as const);
  return {
    files: [...new Set(found.map(({ file }) => file))],
    calls: [...new Map(calls).values()],
  };
};
