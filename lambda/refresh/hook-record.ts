import * as z from 'zod';
import { calledBy, type HookAction, hookPoints, kindOf, nameOf } from './hooks.ts';

/** A hook's point in the manifest: `on_abort` is that of an entry of `before_overwrite`. */
const recordPoints = [...hookPoints, 'on_abort'] as const;
export type RecordPoint = (typeof recordPoints)[number];

const hookStatuses = [
  'PLANNED',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'NOT_SENT',
  'SKIPPED',
] as const;

export type HookStatus = (typeof hookStatuses)[number];

/** What became of a hook on one instance, or in one call. */
const resultSchema = z.strictObject({
  instance: z.string().nullable().meta({ description: 'Null for a function or a local process' }),
  status: z
    .string()
    .meta({ description: 'As Systems Manager says it; Success and Failed for a function' }),
  exit_code: z.number().int().nullable(),
  output: z.string().meta({
    description:
      'The end of what it wrote, at most 4096 bytes; of a longer output Systems Manager passes on the beginning',
  }),
});
export type HookResult = z.output<typeof resultSchema>;

/** What a manifest says of a hook. */
export const hookRecordSchema = z.strictObject({
  point: z.enum(recordPoints),
  name: z.string(),
  kind: z.enum(['ssm', 'lambda', 'command']),
  calls: z.string().meta({ description: 'The document, the function or the program' }),
  status: z.enum(hookStatuses).meta({
    description:
      'RUNNING – begun, and nothing known of its end; NOT_SENT – it was never begun; SKIPPED – it must not run after what happened before',
  }),
  begun: z.iso.datetime().nullable(),
  ended: z.iso.datetime().nullable(),
  command: z.string().nullable().meta({ description: 'Systems Manager’s id of the command' }),
  results: z.array(resultSchema),
  problem: z.string().nullable(),
});
export type HookRecord = z.output<typeof hookRecordSchema>;

/** The record of a hook that has not begun. */
export const newHookRecord = (
  point: RecordPoint,
  action: HookAction,
  status: 'PLANNED' | 'SKIPPED',
  problem: string | null = null,
): HookRecord => ({
  point,
  name: nameOf(action),
  kind: kindOf(action),
  calls: calledBy(action),
  status,
  begun: null,
  ended: null,
  command: null,
  results: [],
  problem,
});

const MOST_BYTES = 4_096;

/** The last 4 kB of an output. */
export const tailOf = (output: string): string => {
  const bytes = Buffer.from(output);
  if (bytes.length <= MOST_BYTES) return output;
  // A letter that was cut in two is left out.
  return bytes
    .subarray(-MOST_BYTES)
    .toString()
    .replace(/^\uFFFD+/, '');
};
