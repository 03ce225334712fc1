import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Ended } from '../../../lambda/notices/notice.ts';
import { eventOf } from '../../../lambda/notices/run-event.ts';
import { measurementsOf } from '../../../lambda/notices/run-metrics.ts';
import { beginReplication } from '../../../lambda/refresh/replication.ts';
import { backupMode, failed, STARTED, succeeded } from './support/ended.ts';

const page = readFileSync(new URL('../../../docs/notices.md', import.meta.url), 'utf8');

/** The rows of the table under a heading: what its first cell names, and the second cell. */
const rowsUnder = (heading: string) =>
  [
    ...(page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(
      /^\| (`.+?) \| (.+?) \|/gm,
    ),
  ].map(([, names = '', text = '']) => ({
    names: [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    text,
  }));

describe('the page about notices', () => {
  it('has every field of the event, and no other', () => {
    const fields = rowsUnder('Programs').flatMap(({ names }) => names);

    expect(fields.toSorted()).toEqual(Object.keys(eventOf(succeeded())).sort());
  });

  it('has every metric with its unit, and no other', () => {
    const replication = { ...beginReplication('fa-prod:prd-pg.s1'), done: true };
    const all = measurementsOf(succeeded({ replication, backup_mode: backupMode(STARTED) }));
    const units = { Seconds: 'seconds', Count: 'count', Bytes: 'bytes', None: '0 or 1' };
    const documented = rowsUnder('CloudWatch').map(
      ({ names, text }) => [names.join(), text] as const,
    );

    expect(new Map(documented)).toEqual(
      new Map<string, string>([
        ...all.map(({ name, unit }) => [name, units[unit]] as const),
        ['CopyAgeHours', 'hours'],
      ]),
    );
  });

  it.each<[string, Ended, boolean]>([
    ['a refresh', succeeded(), true],
    [
      'a refresh that has cleared up after another first',
      succeeded({ recovered: { run: 'nightly-0', outcome: 'restored' } }),
      true,
    ],
    ['an undo', succeeded({ mode: 'undo', target: 'restored' }), false],
    ['a snapshot alone', succeeded({ status: 'SNAPSHOT_ONLY', target: 'none' }), false],
    ['a dry run', succeeded({ status: 'PLANNED', target: 'untouched' }), false],
    ['a copy whose hooks failed', failed('HookFailed', 'refreshed'), false],
  ])('has a pattern for new copies that matches what it should: %s', (_, ended, isMatch) => {
    const [, json = ''] = /```json\n(\{ "source".*?\})\n```/s.exec(page) ?? [];
    const { detail } = z
      .object({ detail: z.record(z.string(), z.array(z.string())) })
      .parse(JSON.parse(json));
    const told = z.record(z.string(), z.unknown()).parse({ ...eventOf(ended) });

    const matches = Object.entries(detail).every(([key, values]) =>
      values.includes(String(told[key])),
    );
    expect(matches).toBe(isMatch);
  });
});
