/** The parts of an object's name (flasharray-rest.md §4). */

/** The pod in `pod::name`. */
export function podOf(name: string): string | null {
  const end = name.indexOf('::');
  return end < 0 ? null : name.slice(0, end);
}

/** The whole name of what is in a pod, or in none. */
export const inPod = (pod: string | undefined, name: string): string =>
  pod === undefined ? name : `${pod}::${name}`;

/** The name without its pod: inside a group snapshot the volume part carries none. */
function withoutPod(name: string): string {
  const pod = podOf(name);
  return pod === null ? name : name.slice(pod.length + 2);
}

/** What a group or volume is called on a replication target: `array:name`, or `pod:name` for one in a pod. */
export const replicaName = (array: string, name: string): string =>
  `${podOf(name) ?? array}:${withoutPod(name)}`;

/** The volume group, with its pod, in `vgroup/name`. */
export function volumeGroupOf(name: string): string | null {
  const end = name.lastIndexOf('/');
  return end < 0 ? null : name.slice(0, end);
}

/** `pg.SUFFIX.volume`: what the volume snapshot of a group snapshot is called. */
export function memberSnapshotName(groupSnapshot: string, volume: string): string {
  return `${groupSnapshot}.${withoutPod(volume)}`;
}

const PART = '[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?';
const PLAIN = new RegExp(`^${PART}$`);
const QUALIFIED = new RegExp(`^(?:${PART}::)?(?:${PART}/)?${PART}$`);

/** What a name consists of, for messages. */
export const NAME_RULE = '1 to 63 letters, digits, - and _';

export const isPlainName = (text: string): boolean => PLAIN.test(text);

/** A name, optionally behind `pod::` and `vgroup/`. */
export const isQualifiedName = (text: string): boolean => QUALIFIED.test(text);

const SUFFIX = /^(?=.*[a-zA-Z-])[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** A suffix that a client may give. Those of digits alone belong to the array. */
export const isSuffix = (text: string): boolean => SUFFIX.test(text);
