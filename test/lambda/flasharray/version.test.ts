import { describe, expect, it } from 'vitest';
import { capabilitiesOf, chooseMinor } from '../../../lambda/flasharray/version.ts';
import { refusalOf } from '../support/refusals.ts';

const choose = (offered: readonly string[], pin: string | null = null) =>
  chooseMinor(offered, pin, 'fa-prod');

describe('the REST version', () => {
  it.each([
    ['numbers, not text', ['2.2', '2.9', '2.10'], 10],
    ['holes and REST 1 before it', ['1.0', '1.19', '2.0', '2.2', '2.11', '2.13', '2.17'], 17],
    ['any order', ['2.26', '2.4', '1.19'], 26],
    ['newer than this client', ['2.2', '2.55', '2.56', '2.57', '2.100', '3.0'], 56],
    ['a newer one of which an older is known', ['2.26', '2.57'], 26],
    ['the oldest that will do', ['2.0', '2.1', '2.2'], 2],
    ['what is no version', ['2.x', 'latest', '', '2.5', '2.5.1', ' 2.9'], 5],
  ])('is the highest that both know: %s', (_, offered, minor) => {
    expect(choose(offered)).toBe(minor);
  });

  it.each([
    ['too old', ['1.0', '1.19', '2.0', '2.1']],
    ['too new', ['2.57', '3.1']],
  ])('is refused where there is none for both: %s', (_, offered) => {
    expect(refusalOf(() => choose(offered))).toEqual({
      name: 'ArrayVersionUnsupported',
      message: `Array fa-prod offers no REST version between 2.2 and 2.56; it offers ${offered.join(', ')}.`,
      remedy: 'Upgrade Purity on the array, or this product.',
    });
  });

  it('is refused where the array offers nothing', () => {
    expect(refusalOf(() => choose([])).message).toMatch(/it offers none\.$/);
  });

  it('can be pinned to any that the array offers', () => {
    expect(choose(['2.4', '2.26', '2.56'], '2.26')).toBe(26);
  });

  it.each(['2.12', '2.1', '2.57'])('pinned to %s, which will not do, is refused', (pin) => {
    const offered = ['2.1', '2.2', '2.57'];

    expect(refusalOf(() => choose(offered, pin))).toMatchObject({
      name: 'ArrayVersionUnsupported',
      message: `flash_array_api_version is "${pin}", which array fa-prod does not offer (or which is outside 2.2 to 2.56).`,
    });
  });
});

const nothing = {
  batchOverwrite: false,
  batchTest: false,
  snapshotTest: false,
  replicateNow: false,
  sendReplica: false,
  snapshotTags: false,
};
const since2_25 = { ...nothing, replicateNow: true, snapshotTest: true, sendReplica: true };
const since2_33 = { ...since2_25, batchOverwrite: true, batchTest: true };

it.each([
  [2, nothing],
  [3, nothing],
  [4, { ...nothing, replicateNow: true }],
  [24, { ...nothing, replicateNow: true }],
  [25, since2_25],
  [31, since2_25],
  [32, { ...since2_25, batchOverwrite: true }],
  [33, since2_33],
  [43, since2_33],
  [44, { ...since2_33, snapshotTags: true }],
  [56, { ...since2_33, snapshotTags: true }],
])('REST 2.%d can do %j', (minor, capabilities) => {
  expect(capabilitiesOf(minor)).toEqual(capabilities);
});
