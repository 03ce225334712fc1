import { describe, expect, it } from 'vitest';
import type { Notice, NoticeKind } from '../../../lambda/notices/notice.ts';
import type { RunEvent } from '../../../lambda/notices/run-event.ts';
import type { Measurement } from '../../../lambda/notices/run-metrics.ts';
import { type NoticePorts, tellEnd, tellUnstarted } from '../../../lambda/notices/tell.ts';
import type { Manifest } from '../../../lambda/refresh/manifest.ts';
import { manifestKey } from '../../../lambda/steps/record.ts';
import { failedStart } from '../../support/failed-start.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { endedWith, failed, manifestWith } from './support/ended.ts';

/** Tells of an end of `nightly-1`, and gives what everybody has heard. */
const tell = async (
  ended = endedWith(),
  {
    manifest = ended.manifest,
    wanted = ['failed'],
    ports = {},
  }: {
    readonly manifest?: Manifest | undefined;
    readonly wanted?: readonly NoticeKind[];
    readonly ports?: Partial<NoticePorts>;
  } = {},
) => {
  const store = new MemoryStore();
  if (manifest) store.put(manifestKey('nightly', 'nightly-1'), manifest);
  return hear((all) => tellEnd(ended.execution, all), {
    store,
    isWanted: (kind) => wanted.includes(kind),
    ...ports,
  });
};

/** What everybody hears of one thing that is told. */
const hear = async (
  act: (ports: NoticePorts) => Promise<unknown>,
  ports: Pick<NoticePorts, 'store'> & Partial<NoticePorts>,
) => {
  const notices: Notice[] = [];
  const events: RunEvent[] = [];
  const measured: [
    refresh: string,
    measurements: readonly Measurement[],
    run?: string | undefined,
  ][] = [];
  const answer = act({
    locate: (key) => `s3://bucket/${key}`,
    isWanted: () => true,
    publish: async (notice) => void notices.push(notice),
    putEvent: async (event) => void events.push(event),
    measure: (...it) => void measured.push(it),
    ...ports,
  });
  const [outcome] = await Promise.allSettled([answer]);
  return { outcome, notices, events, measured };
};

const broken = failed('ArrayUnavailable', 'untouched');

describe('the end of a run is told', () => {
  it('to programs in any case, and to people where they want it', async () => {
    const wanted = await tell(broken);
    const unwanted = await tell(broken, { wanted: ['succeeded'] });

    expect(wanted.notices).toHaveLength(1);
    expect(unwanted.notices).toEqual([]);
    for (const { events, measured } of [wanted, unwanted]) {
      expect(events).toMatchObject([
        { kind: 'failed', manifest: 's3://bucket/manifests/nightly/nightly-1.json' },
      ]);
      expect(measured.map(([refresh]) => refresh)).toEqual(['nightly']);
    }
  });

  it.each<[string, Partial<NoticePorts>]>([
    ['people cannot be told', { publish: () => Promise.reject(new Error('not now')) }],
    ['programs cannot be told', { putEvent: () => Promise.reject(new Error('not now')) }],
  ])('to the others as well where %s, and the failure is handed on', async (_, ports) => {
    const { outcome, notices, events } = await tell(broken, { ports });

    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'not now' } });
    expect(notices.length + events.length).toBe(1);
  });

  it('as one without a manifest where that still says that the run goes on', async () => {
    const manifest = manifestWith({ status: 'RUNNING' });

    const { events, measured } = await tell(endedWith({ status: 'ABORTED' }), { manifest });

    expect(events).toMatchObject([{ status: 'ABORTED', target: 'unknown', manifest: null }]);
    expect(measured).toEqual([
      ['nightly', [{ name: 'RunsFailed', unit: 'Count', value: 1 }], 'nightly-1'],
    ]);
  });

  it('without a measurement where nobody knows of which refresh it is one', async () => {
    const { events, measured } = await tell(endedWith({ status: 'FAILED', input: null }));

    expect(events).toMatchObject([{ refresh: null, run: 'nightly-1' }]);
    expect(measured).toEqual([]);
  });
});

describe('a request that no run came of is told', () => {
  const record = failedStart(
    { refresh: 'nightly' },
    { errorType: 'InvalidDefinition', errorMessage: 'It was not so.' },
  );
  const failedRuns = [{ name: 'RunsFailed', unit: 'Count', value: 1 }];
  const tellOf = (defined: string, ports: Partial<NoticePorts> = {}) => {
    const store = new MemoryStore();
    store.put(`refreshes/${defined}.json`, {});
    return hear((all) => tellUnstarted(record, all), { store, ...ports });
  };

  it('to people, programs and CloudWatch, once', async () => {
    const { outcome, notices, events, measured } = await tellOf('nightly');

    expect(outcome).toMatchObject({ value: { kind: 'refused', told: true } });
    expect(notices).toHaveLength(1);
    expect(events).toMatchObject([{ refresh: 'nightly', run: null, execution: null }]);
    expect(measured).toEqual([['nightly', failedRuns]]);
  });

  it('without a measurement where there is no such refresh', async () => {
    const { notices, measured } = await tellOf('weekly');

    expect(notices).toHaveLength(1);
    expect(measured).toEqual([]);
  });

  it('where the bucket gives no answer, too', async () => {
    const store = { read: () => Promise.reject(), list: () => Promise.reject(new Error('denied')) };

    const { outcome, notices, events, measured } = await tellOf('nightly', { store });

    expect(outcome).toMatchObject({ status: 'fulfilled' });
    expect([notices.length, events.length, measured.length]).toEqual([1, 1, 0]);
  });
});
