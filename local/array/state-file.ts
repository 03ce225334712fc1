import * as z from 'zod';
import { isPlainName, isQualifiedName, NAME_RULE } from './store/names.ts';

/**
 * The state file: which arrays there are when the simulator starts (design §8). References go by name; ids, serials,
 * tokens and content are made where they are missing.
 */

const MIB = 1_048_576;
/** Largest volume: 4 PiB (flasharray-rest.md §3, quotas). */
const MAX_SIZE = 4_503_599_627_370_496;

const id = z.string().min(1);
const time = z.int().nonnegative();
const size = z.int().min(MIB).max(MAX_SIZE).multipleOf(512);

const plainName = z.string().refine(isPlainName, `not a name: ${NAME_RULE}`);
const name = z
  .string()
  .refine(isQualifiedName, `not a name: ${NAME_RULE}, optionally behind pod:: and vgroup/`);

const volume = z.strictObject({
  name,
  /** Bytes, a multiple of 512. */
  size,
  id: id.optional(),
  serial: z
    .string()
    .regex(/^[0-9A-F]{24}$/, 'not a serial: 24 upper-case hexadecimal digits')
    .optional(),
  /** In the namespace `default`, copyable as tags are unless somebody says otherwise. */
  tags: z.record(z.string().max(64), z.string().max(256)).optional(),
  /** Milliseconds since the epoch; without it volumes are one second apart, in the order of the file. */
  created: time.optional(),
  /** What is "on" the volume; without it something that no other volume has. */
  content: z.string().optional(),
  /** True: destroyed when the simulator starts, pending eradication. */
  destroyed: z.boolean().optional(),
});

const snapshot = z.strictObject({
  suffix: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, 'not a snapshot suffix'),
  created: time.optional(),
  destroyed: z.boolean().optional(),
});

const protectionGroup = z.strictObject({
  name,
  id: id.optional(),
  /** Members are of one kind: volumes, or hosts, or host groups. */
  volumes: z.array(z.string()).optional(),
  hosts: z.array(z.string()).optional(),
  host_groups: z.array(z.string()).optional(),
  /** Names of arrays that it replicates to: they give the group its `target_count`. */
  targets: z.array(z.string()).optional(),
  /** The pod of the group, where `name` is written without `pod::`. */
  pod: plainName.optional(),
  destroyed: z.boolean().optional(),
  /** Group snapshots that exist already; they hold what the members hold at the start. */
  snapshots: z.array(snapshot).optional(),
});

const host = z.strictObject({
  name: plainName,
  /** Volumes connected to the host; through its host group where it is in one. */
  volumes: z.array(z.string()).optional(),
  /** Set where these volumes (vVols) are connected through a protocol endpoint: its name. */
  protocol_endpoint: z.string().min(1).optional(),
});

const hostGroup = z.strictObject({
  name: plainName,
  hosts: z.array(z.string()).optional(),
  /** Volumes connected to the host group as a whole, and so to each of its hosts. */
  volumes: z.array(z.string()).optional(),
});

const array = z.strictObject({
  name: plainName,
  id: id.optional(),
  api_token: z.string().min(1).optional(),
  volumes: z.array(volume).optional(),
  protection_groups: z.array(protectionGroup).optional(),
  hosts: z.array(host).optional(),
  host_groups: z.array(hostGroup).optional(),
});

export const stateFile = z
  .strictObject({ arrays: z.array(array).min(1) })
  .superRefine((state, context) => {
    for (const problem of findProblems(state)) {
      context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message });
    }
  });

export type StateFile = z.infer<typeof stateFile>;
export type ArrayState = StateFile['arrays'][number];

/** The state file does not fit; the message names every field that is wrong. */
export class StateFileError extends Error {
  override name = 'StateFileError';
}

/** Checks a parsed state file. Throws `StateFileError`. */
export function parseStateFile(value: unknown): StateFile {
  const result = stateFile.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${z.core.toDotPath(issue.path) || 'the file'}: ${issue.message}`,
  );
  throw new StateFileError(problems.join('\n'));
}

type Path = readonly (string | number)[];
interface Problem {
  path: Path;
  message: string;
}

/** What a schema of single fields cannot see: what is there twice, and references that lead nowhere. */
function* findProblems(state: { arrays: ArrayState[] }): Generator<Problem> {
  yield* findDoubles(namesOf(state.arrays), ['arrays']);
  for (const [index, array] of state.arrays.entries()) {
    const path = ['arrays', index];
    yield* findDoubles(namesOf(array.volumes), [...path, 'volumes']);
    yield* findDoubles(array.volumes?.map(({ id }) => id) ?? [], [...path, 'volumes']);
    yield* findDoubles(namesOf(array.hosts), [...path, 'hosts']);
    yield* findDoubles(namesOf(array.host_groups), [...path, 'host_groups']);
    yield* findDoubles(namesOf(array.protection_groups), [...path, 'protection_groups']);
    yield* findStrays(array, path);
    yield* findGroupProblems(array, path);
  }
}

function* findStrays(array: ArrayState, path: Path): Generator<Problem> {
  for (const [i, host] of (array.hosts ?? []).entries()) {
    yield* findMissing(host.volumes, array.volumes, [...path, 'hosts', i, 'volumes']);
  }
  for (const [i, group] of (array.host_groups ?? []).entries()) {
    yield* findMissing(group.hosts, array.hosts, [...path, 'host_groups', i, 'hosts']);
    yield* findMissing(group.volumes, array.volumes, [...path, 'host_groups', i, 'volumes']);
  }
}

const MEMBER_KINDS = ['volumes', 'hosts', 'host_groups'] as const;

function* findGroupProblems(array: ArrayState, arrayPath: Path): Generator<Problem> {
  for (const [i, group] of (array.protection_groups ?? []).entries()) {
    const path = [...arrayPath, 'protection_groups', i];
    const kinds = MEMBER_KINDS.filter((kind) => group[kind]?.length);
    if (kinds.length > 1) {
      yield { path, message: `has members of more than one kind: ${kinds.join(', ')}` };
    }
    for (const kind of kinds) yield* findMissing(group[kind], array[kind], [...path, kind]);
    const suffixes = group.snapshots?.map(({ suffix }) => suffix) ?? [];
    yield* findDoubles(suffixes, [...path, 'snapshots']);
  }
}

function* findDoubles(values: readonly (string | undefined)[], path: Path): Generator<Problem> {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (seen.has(value.toLowerCase())) {
      yield { path: [...path, index], message: `${value} is there twice` };
    }
    seen.add(value.toLowerCase());
  }
}

function* findMissing(
  references: readonly string[] | undefined,
  named: readonly { name: string }[] | undefined,
  path: Path,
): Generator<Problem> {
  const known = new Set(namesOf(named).map((name) => name.toLowerCase()));
  for (const [index, reference] of (references ?? []).entries()) {
    if (!known.has(reference.toLowerCase())) {
      yield { path: [...path, index], message: `there is no ${reference}` };
    }
  }
}

const namesOf = (named: readonly { name: string }[] | undefined): string[] =>
  (named ?? []).map(({ name }) => name);
