/**
 * tsyringe, below @peculiar/x509, wants the Reflect metadata polyfill and does not bring one. These are the three
 * functions that it calls. To be imported before @peculiar/x509; it gives way to a real polyfill.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();
const ownMetadata = (key: unknown, target: object) => metadata.get(target)?.get(key);

const polyfill = {
  getMetadata: ownMetadata,
  getOwnMetadata: ownMetadata,
  defineMetadata(key: unknown, value: unknown, target: object) {
    const known = metadata.get(target) ?? new Map<unknown, unknown>();
    metadata.set(target, known.set(key, value));
  },
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, polyfill);
