import { describe, expect, it } from 'vitest';
import { measureAges } from '../../../lambda/notices/copy-ages.ts';
import type { Measurement } from '../../../lambda/notices/run-metrics.ts';
import { CURRENT } from '../../../lambda/steps/current-manifest.ts';
import { manifestFolder } from '../../../lambda/steps/record.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { manifestWith, STARTED } from './support/ended.ts';

/** Measures three hours after the snapshot was taken. @param held what each refresh's target holds */
const measure = async (held: Readonly<Record<string, unknown>>) => {
  const store = new MemoryStore();
  for (const [refresh, manifest] of Object.entries(held)) {
    store.put(`refreshes/${refresh}.json`, {});
    if (manifest !== undefined) store.put(`${manifestFolder(refresh)}/${CURRENT}`, manifest);
  }
  const clock = new ManualClock(STARTED);
  clock.advance(3 * 3_600_000);
  const measured: [
    refresh: string,
    measurements: readonly Measurement[],
    run?: string | undefined,
  ][] = [];
  const ages = await measureAges({ store, measure: (...it) => measured.push(it) }, clock);
  return { ages, measured };
};
const ofSnapshot = (created: string | null) =>
  manifestWith({ snapshot: { name: 'prd-pg.s1', created, reused: false } });

describe('the age of a copy', () => {
  it('is the time since the instant that was copied, of each refresh', async () => {
    const held = { nightly: manifestWith(), weekly: ofSnapshot('2026-11-20T03:30:00.000Z') };

    const { ages, measured } = await measure(held);

    expect(ages).toEqual({ nightly: 3, weekly: 96.5 });
    expect(measured).toEqual([
      ['nightly', [{ name: 'CopyAgeHours', unit: 'None', value: 3 }]],
      ['weekly', [{ name: 'CopyAgeHours', unit: 'None', value: 96.5 }]],
    ]);
  });

  it('is that of the copy, however the run that made it ended', async () => {
    const { ages } = await measure({ nightly: manifestWith({ status: 'FAILED' }) });

    expect(ages).toEqual({ nightly: 3 });
  });

  it.each<[string, unknown]>([
    ['that has never been refreshed', undefined],
    ['that is mixed', manifestWith({ target: 'mixed' })],
    ['of a snapshot of which nobody knows the time', ofSnapshot(null)],
    ['of no snapshot', manifestWith({ snapshot: null })],
    ['whose manifest cannot be read', { manifest_version: 0 }],
  ])('of a target %s is not measured, and the others are', async (_, manifest) => {
    const { ages, measured } = await measure({ broken: manifest, nightly: manifestWith() });

    expect(ages).toEqual({ nightly: 3 });
    expect(measured.map(([refresh]) => refresh)).toEqual(['nightly']);
  });

  it('is measured of no refresh whose definition is gone', async () => {
    const store = new MemoryStore();
    store.put(`${manifestFolder('nightly')}/${CURRENT}`, manifestWith());

    expect(await measureAges({ store, measure: () => {} }, new ManualClock())).toEqual({});
  });
});
