import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { emitMetrics } from '../../lambda/aws/emit-metrics.ts';
import { measureAges } from '../../lambda/notices/copy-ages.ts';
import type { Ended } from '../../lambda/notices/notice.ts';
import { type Measurement, measurementsOf } from '../../lambda/notices/run-metrics.ts';
import { CURRENT } from '../../lambda/steps/current-manifest.ts';
import { manifestFolder } from '../../lambda/steps/record.ts';
import {
  backupMode,
  failed,
  manifestWith,
  STARTED,
  succeeded,
} from '../lambda/notices/support/ended.ts';
import { ManualClock } from '../lambda/support/manual-clock.ts';
import { MemoryStore } from '../lambda/support/memory-store.ts';
import { type Emitted, emittedBy } from './support/emitted.ts';
import { templateString } from './support/intrinsics.ts';
import { root } from './support/project.ts';
import { templateFor, templateWith, withOracle } from './support/synthesis.ts';

const nightly = { name: 'nightly', maxAgeHours: 26 };
const template = templateFor({ ...withOracle, refreshes: [nightly, { name: 'after-deploy' }] });

const dimensions = z
  .array(z.object({ Name: z.string(), Value: templateString }))
  .transform((all) => Object.fromEntries(all.map(({ Name, Value }) => [Name, Value])));
const properties = z.looseObject({
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: dimensions.optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold']),
  AlarmDescription: z.string(),
  AlarmActions: z.array(templateString),
  OKActions: z.array(templateString),
});
type AlarmProperties = z.output<typeof properties>;

/** The alarms by their names in the stack, as far as a logical id shows them. */
const alarmsIn = (from: Template): Map<string, AlarmProperties> =>
  new Map(
    Object.entries(from.findResources('AWS::CloudWatch::Alarm')).map(([id, alarm]) => [
      id.replace(/^Alarms(.+)[0-9A-F]{8}$/, '$1'),
      properties.parse(alarm['Properties']),
    ]),
  );
const alarmNamed = (name: string): AlarmProperties => {
  const alarm = alarmsIn(template).get(name);
  if (!alarm) throw new Error(`There is no alarm ${name}.`);
  return alarm;
};

/** The values that the notify function has CloudWatch know. */
const emitted = (measurements: readonly Measurement[], refresh = 'nightly'): Emitted[] =>
  emittedBy(() => emitMetrics(refresh, measurements));

/** Whether each value that an alarm looks at breaches its threshold. */
const breaches = (alarm: AlarmProperties, values: readonly Emitted[]): boolean[] => {
  const key = ({
    Namespace,
    MetricName,
    Dimensions,
  }: Omit<Emitted, 'value' | 'Unit'> | AlarmProperties) =>
    JSON.stringify([Namespace, MetricName, Object.entries(Dimensions ?? {}).sort()]);
  return values
    .filter((it) => key(it) === key(alarm))
    .map(({ value }) =>
      alarm.ComparisonOperator === 'GreaterThanThreshold'
        ? value > alarm.Threshold
        : value >= alarm.Threshold,
    );
};
const afterRun = (name: string, ended: Ended, refresh?: string): boolean[] =>
  breaches(alarmNamed(name), emitted(measurementsOf(ended), refresh));

const ofRuns = ['RunAborted', 'RunFailed', 'RunTimedOut'];

it('values are told in the units of CloudWatch', () => {
  const units = ['Seconds', 'Count', 'Bytes', 'None'] as const;

  const told = emitted(units.map((unit) => ({ name: `of ${unit}`, unit, value: 1 })));

  expect(told.map(({ Unit }) => Unit)).toEqual(units);
});

describe('the alarms', () => {
  it.each<[string, Template, string[]]>([
    ['without a refresh', templateWith(), ['DeadLetters', ...ofRuns]],
    [
      'of refreshes that nobody gave an age',
      templateWith({ name: 'a' }, { name: 'b' }),
      ['DeadLetters', ...ofRuns, 'TargetMixeda', 'TargetMixedb'],
    ],
    [
      'of one that has an age',
      templateWith(nightly),
      ['CopyTooOldnightly', 'DeadLetters', ...ofRuns, 'TargetMixednightly'],
    ],
    [
      'where there are source databases',
      template,
      [
        'CopyTooOldnightly',
        'DatabaseInBackupModeafterdeploy',
        'DatabaseInBackupModenightly',
        'DeadLetters',
        ...ofRuns,
        'TargetMixedafterdeploy',
        'TargetMixednightly',
      ],
    ],
  ])('%s are these', (_, from, names) => {
    expect([...alarmsIn(from).keys()].sort()).toEqual(names);
  });

  it('are as many as the guide counts, for one refresh that has an age', () => {
    const [, counted = '', cost] =
      /\[CloudWatch alarms\][^|]*\| 0\.10 each, of one metric each: ([^|]+) \| ([\d.]+) \|/.exec(
        readFileSync(join(root, 'docs/deploy.md'), 'utf8'),
      ) ?? [];
    const alarms = alarmsIn(templateWith(nightly));

    expect(counted.match(/\b1 of /g)).toHaveLength(alarms.size);
    expect(Number(cost)).toBeCloseTo(alarms.size * 0.1);
    // One that looks at several metrics costs as much as several.
    for (const alarm of alarms.values()) expect(alarm).not.toHaveProperty('Metrics');
  });

  it('tell the topic when they begin and when they are over, and say what to do', () => {
    for (const alarm of alarmsIn(template).values()) {
      expect(alarm).toMatchObject({ AlarmActions: ['<Notices>'], OKActions: ['<Notices>'] });
      expect(alarm).not.toHaveProperty('InsufficientDataActions');
      expect(alarm.AlarmDescription).toMatch(/\.$/);
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1_024);
    }
  });

  it('are of refreshes apart whose names differ in hyphens alone', () => {
    const alike = templateWith({ name: 'a-b' }, { name: 'ab' });
    const of = [...Object.values(alike.findResources('AWS::CloudWatch::Alarm'))].flatMap(
      ({ Properties }) => dimensions.safeParse(Properties.Dimensions).data?.['refresh'] ?? [],
    );

    expect(of.sort()).toEqual(['a-b', 'ab']);
  });
});

describe.each([
  ['RunFailed', 'ExecutionsFailed'],
  ['RunTimedOut', 'ExecutionsTimedOut'],
  ['RunAborted', 'ExecutionsAborted'],
])('the alarm %s', (name, metric) => {
  it('begins with the first, and is over after five minutes without another', () => {
    expect(alarmNamed(name)).toMatchObject({
      Namespace: 'AWS/States',
      MetricName: metric,
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('looks at our state machine', () => {
    expect(Object.keys(alarmNamed(name).Dimensions ?? {})).toEqual(['StateMachineArn']);
  });
});

/** How an alarm looks that a run switches on, and another one off. */
const untilALaterRun = {
  Statistic: 'Maximum',
  Period: 300,
  EvaluationPeriods: 1,
  TreatMissingData: 'ignore',
};

describe('the alarm of a mixed target', () => {
  it('stays as it is until a run says otherwise', () => {
    expect(alarmNamed('TargetMixednightly')).toMatchObject(untilALaterRun);
  });

  it('begins with the run that left it so', () => {
    expect(afterRun('TargetMixednightly', failed('ArrayRequestRefused', 'mixed'))).toEqual([true]);
  });

  it.each<[string, Ended]>([
    ['refreshed it', succeeded()],
    ['put it back', succeeded({ target: 'restored' })],
    ['failed, and left it whole', failed('ArrayRequestRefused', 'restored')],
  ])('is over with a run that %s', (_, ended) => {
    expect(afterRun('TargetMixednightly', ended)).toEqual([false]);
  });

  it.each<[string, Ended]>([
    ['a plan', succeeded({ status: 'PLANNED', target: 'untouched' })],
    ['one that only looked', succeeded({ status: 'CHECKED', target: 'untouched' })],
    [
      'one that was refused before it looked at the target',
      failed('ProtectionGroupNotFound', 'untouched'),
    ],
  ])('goes on whatever %s says, which has changed nothing', (_, ended) => {
    expect(afterRun('TargetMixednightly', ended)).toEqual([]);
  });

  it('is over with a run that cleared up and found nothing overwritten', () => {
    const recovered = { run: 'nightly-0', outcome: 'untouched' } as const;

    expect(afterRun('TargetMixednightly', succeeded({ target: 'untouched', recovered }))).toEqual([
      false,
    ]);
  });

  it('is not touched by a run of another refresh', () => {
    expect(afterRun('TargetMixednightly', succeeded(), 'after-deploy')).toEqual([]);
    expect(afterRun('TargetMixedafterdeploy', succeeded(), 'after-deploy')).toEqual([false]);
  });
});

describe('the alarm of a database in backup mode', () => {
  const name = 'DatabaseInBackupModenightly';

  it('stays as it is until a run says otherwise', () => {
    expect(alarmNamed(name)).toMatchObject(untilALaterRun);
  });

  it('begins with the run that could not end it, whatever else that knows', () => {
    const unknown = failed('BackupModeNotEnded', 'untouched');
    const known = failed('BackupModeNotEnded', 'untouched', { backup_mode: backupMode(null) });

    expect(afterRun(name, unknown)).toEqual([true]);
    expect(afterRun(name, known)).toEqual([true]);
  });

  it('is over with a run that has ended it, and is not touched by one without backup mode', () => {
    expect(afterRun(name, succeeded({ backup_mode: backupMode(STARTED) }))).toEqual([false]);
    expect(afterRun(name, succeeded())).toEqual([]);
  });
});

describe('the alarm of a copy that is too old', () => {
  const alarm = alarmNamed('CopyTooOldnightly');
  /** What is measured when the copy that the target holds is so old. */
  const atAge = async (hours: number): Promise<boolean[]> => {
    const store = new MemoryStore();
    store.put('refreshes/nightly.json', {});
    store.put(`${manifestFolder('nightly')}/${CURRENT}`, manifestWith());
    const clock = new ManualClock(STARTED);
    clock.advance(hours * 3_600_000);
    const measured: [
      refresh: string,
      measurements: readonly Measurement[],
      run?: string | undefined,
    ][] = [];
    await measureAges({ store, measure: (...it) => measured.push(it) }, clock);
    return measured.flatMap(([refresh, it]) => breaches(alarm, emitted(it, refresh)));
  };

  it.each([
    [0, false],
    [26, false],
    [26.01, true],
    [400, true],
  ])('of %d hours: %s', async (hours, isTooOld) => {
    expect(await atAge(hours)).toEqual([isTooOld]);
  });

  it('begins after two hours, also when nobody knows how old it is', () => {
    expect(alarm).toMatchObject({
      Threshold: 26,
      Statistic: 'Maximum',
      Period: 3_600,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
  });
});
