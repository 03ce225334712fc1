import { expect, it } from 'vitest';
import { formatSize } from '../../../lambda/refresh/volumes.ts';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1_048_576, '1 MiB'],
  [128_849_018_880, '120 GiB'],
  [1_649_267_441_664, '1.5 TiB'],
  [4_503_599_627_370_496, '4 PiB'],
  [2 ** 62, '4096 PiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
