/** Puts something back to what it was when it was saved; any number of times. */
export type Restore = () => void;

/** Saves the fields of an object as they are. What they refer to is not saved with them. */
export function saveFields(object: object): Restore {
  const fields = { ...object };
  return () => {
    Object.assign(object, fields);
  };
}

export function saveMap<K, V>(map: Map<K, V>): Restore {
  const entries = [...map];
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

export function saveAll(things: readonly { save(): Restore }[]): Restore {
  return together(things.map((thing) => thing.save()));
}

export const together = (restores: readonly Restore[]): Restore => {
  return () => {
    for (const restore of restores) restore();
  };
};
