/** Makes ids and serials that are the same for the same seed. */
export interface IdSource {
  /** A UUID (version 4 in form). */
  id(): string;
  /** 24 upper-case hexadecimal digits (flasharray-rest.md §3). */
  serial(): string;
}

export function createIdSource(seed: number): IdSource {
  const hex = createHexSource(seed);
  return {
    id: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    serial: () => hex(24).toUpperCase(),
  };
}

/** Hexadecimal digits from the generator "mulberry32". */
function createHexSource(seed: number): (digits: number) => string {
  let state = seed | 0;
  const digit = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 28).toString(16);
  };
  return (digits) => Array.from({ length: digits }, digit).join('');
}
