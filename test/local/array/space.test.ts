import { afterEach, expect, it } from 'vitest';
import { startTestArray, type TestArray } from './test-array.ts';

const TIB = 2 ** 40;
let array: TestArray | undefined;

afterEach(() => array?.stop());

it('an array shows its capacity and what is occupied of it, a group whether SafeMode is on', async () => {
  array = await startTestArray({
    arrays: [
      {
        name: 'fa',
        capacity: 20 * TIB,
        used: 17 * TIB,
        protection_groups: [{ name: 'locked-pg', retention_lock: 'ratcheted' }, { name: 'pg' }],
      },
    ],
  });

  expect(await array.items('/arrays')).toMatchObject([
    { capacity: 20 * TIB, space: { total_physical: 17 * TIB, total_used: 17 * TIB } },
  ]);
  expect(await array.items('/protection-groups?sort=name')).toMatchObject([
    { name: 'locked-pg', retention_lock: 'ratcheted' },
    { name: 'pg', retention_lock: 'unlocked' },
  ]);
});

it('an array of which the file says nothing is large, and empty', async () => {
  array = await startTestArray({ arrays: [{ name: 'fa' }] });

  expect(await array.items('/arrays')).toMatchObject([
    { capacity: 100 * TIB, space: { total_physical: 0 } },
  ]);
});
