import { isDeepStrictEqual } from 'node:util';
import { type ArrayState, linkOf, readTarget } from './state-shape.ts';
import { inPod, replicaName } from './store/names.ts';

type Path = readonly (string | number)[];
interface Problem {
  path: Path;
  message: string;
}

/** What a schema of single fields cannot see: what is there twice, and references that lead nowhere. */
export function* findProblems(state: { arrays: ArrayState[] }): Generator<Problem> {
  yield* findDoubles(namesOf(state.arrays), ['arrays']);
  for (const [index, array] of state.arrays.entries()) {
    const path = ['arrays', index];
    yield* findDoubles(namesOf(array.volumes), [...path, 'volumes']);
    yield* findDoubles(array.volumes?.map(({ id }) => id) ?? [], [...path, 'volumes']);
    yield* findDoubles(namesOf(array.hosts), [...path, 'hosts']);
    yield* findDoubles(namesOf(array.host_groups), [...path, 'host_groups']);
    const groups = array.protection_groups?.map(({ pod, name }) => inPod(pod, name)) ?? [];
    yield* findDoubles(groups, [...path, 'protection_groups']);
    yield* findStrays(array, path);
    yield* findGroupProblems(array, path);
    yield* findRemoteProblems(array, state.arrays, path);
    yield* findContradictions(array, state.arrays.slice(0, index), path);
  }
  yield* findReplicaDoubles(state.arrays);
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

/** What is wrong with the other arrays that an array names: its targets and its connections. */
function* findRemoteProblems(
  array: ArrayState,
  arrays: ArrayState[],
  arrayPath: Path,
): Generator<Problem> {
  const others = arrays.filter((other) => other !== array);
  for (const [i, { targets }] of (array.protection_groups ?? []).entries()) {
    const path = [...arrayPath, 'protection_groups', i, 'targets'];
    const names = targets?.map((target) => readTarget(target).name) ?? [];
    yield* findMissing(names, others, path, 'other array');
    yield* findDoubles(names, path);
  }
  const path = [...arrayPath, 'connections'];
  yield* findMissing(namesOf(array.connections), others, path, 'other array');
  yield* findDoubles(namesOf(array.connections), path);
}

/** Two arrays have one connection: where both speak of it, they have to say the same. */
function* findContradictions(
  array: ArrayState,
  earlier: ArrayState[],
  path: Path,
): Generator<Problem> {
  for (const [i, given] of (array.connections ?? []).entries()) {
    const reverse = earlier
      .find((other) => isSame(other.name, given.name))
      ?.connections?.find((other) => isSame(other.name, array.name));
    if (reverse !== undefined && !isDeepStrictEqual(linkOf(reverse), linkOf(given))) {
      yield { path: [...path, 'connections', i], message: `${given.name} says something else` };
    }
  }
}

/** Groups get the same name on a target where their pods, or a pod and an array, are called the same. */
function* findReplicaDoubles(arrays: ArrayState[]): Generator<Problem> {
  const seen = new Set<string>();
  for (const [index, array] of arrays.entries()) {
    for (const [i, { pod, name, targets = [] }] of (array.protection_groups ?? []).entries()) {
      const replica = replicaName(array.name, inPod(pod, name));
      for (const [j, target] of targets.entries()) {
        const key = `${readTarget(target).name} ${replica}`.toLowerCase();
        if (seen.has(key)) {
          const path = ['arrays', index, 'protection_groups', i, 'targets', j];
          yield { path, message: `there is another ${replica} already` };
        }
        seen.add(key);
      }
    }
  }
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

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
  what = '',
): Generator<Problem> {
  const known = new Set(namesOf(named).map((name) => name.toLowerCase()));
  for (const [index, reference] of (references ?? []).entries()) {
    if (!known.has(reference.toLowerCase())) {
      yield { path: [...path, index], message: `there is no ${what && `${what} `}${reference}` };
    }
  }
}

const namesOf = (named: readonly { name: string }[] | undefined): string[] =>
  (named ?? []).map(({ name }) => name);
