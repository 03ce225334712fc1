import { describe, expect, it } from 'vitest';
import { KEY_PREFIX } from '../../../lambda/refresh/guard.ts';
import { madeKeys, madeTags, readMadeTags } from '../../../lambda/refresh/made-tags.ts';

const making = {
  refresh: 'nightly',
  owner: 'arn:first',
  execution: 'arn:this',
  snapshot: 'prd-pg.nightly-1',
};

describe('the marks of a snapshot', () => {
  it('tell who has made it', () => {
    expect(readMadeTags(madeTags(making), 'prd-pg.nightly-1')).toEqual(making);
    expect(readMadeTags(madeTags(making), 'PRD-pg.Nightly-1')).toEqual(making);
  });

  it.each(['prd-pg.nightly-10', 'prd-pg.nightly', 'xprd-pg.nightly-1', 'dev-pg.before-nightly-1'])(
    'prove nothing on %s',
    (snapshot) => {
      expect(readMadeTags(madeTags(making), snapshot)).toBeUndefined();
    },
  );

  it.each(madeKeys)('prove nothing without %s', (key) => {
    const others = madeTags(making).filter((tag) => tag.key !== key);

    expect(readMadeTags(others, making.snapshot)).toBeUndefined();
    expect(readMadeTags([...others, { key, value: '' }], making.snapshot)).toBeUndefined();
  });

  it('are none of a guard', () => {
    expect(madeKeys.filter((key) => key.startsWith(KEY_PREFIX))).toEqual([]);
  });
});
