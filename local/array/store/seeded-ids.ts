import type { Restore } from './save.ts';

/** Makes ids and serials that are the same for the same seed. */
export interface IdSource {
  /** A UUID (version 4 in form). */
  id(): string;
  /** 24 upper-case hexadecimal digits (flasharray-rest.md §3). */
  serial(): string;
  /** Saves where it is: after it was put back it makes the same ids again. */
  save(): Restore;
}

export function createIdSource(seed: number): IdSource {
  const { hex, save } = createHexSource(seed);
  return {
    id: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    serial: () => hex(24).toUpperCase(),
    save,
  };
}

const DIGITS = '0123456789abcdef';

/** Hexadecimal digits from the generator "mulberry32". */
function createHexSource(seed: number) {
  let state = seed | 0;
  const digit = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return DIGITS[(mixed ^ (mixed >>> 14)) >>> 28];
  };
  return {
    hex: (digits: number): string => {
      let text = '';
      while (text.length < digits) text += digit();
      return text;
    },
    save: (): Restore => {
      const saved = state;
      return () => {
        state = saved;
      };
    },
  };
}
