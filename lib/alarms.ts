import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { NoticeTopic } from './notice-topic.ts';
import type { RefreshFlow } from './refresh-flow.ts';
import type { Refresh } from './settings.ts';

export interface AlarmsProps {
  readonly refreshes: readonly Refresh[];
  /** Whether the deployment speaks to source databases. */
  readonly hasOracle: boolean;
  readonly flow: RefreshFlow;
  readonly deadLetters: DeadLetters;
  readonly topic: NoticeTopic;
}

interface Watched {
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm is on from here on: at the value, or above it. */
  readonly atLeast?: number;
  readonly above?: number;
  readonly periods?: number;
  /** What it means that nothing is measured. */
  readonly missing: TreatMissingData;
}

/** Of what is counted when it happens, and else not. */
const HAPPENED = { atLeast: 1, missing: TreatMissingData.NOT_BREACHING } as const;

/** What somebody has to look at. Each tells when it begins and when it is over. */
export class Alarms extends Construct {
  readonly #topic: NoticeTopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { refreshes, hasOracle, flow, deadLetters, topic } = props;
    this.#topic = topic;
    // One each: the sum of metrics has no value where one of them has none, as one has that never happened.
    const { failed, timedOut, aborted } = flow.unhappyEnds(Duration.minutes(5));
    this.#watch('RunFailed', {
      description: 'A refresh failed or was refused. Its manifest says why, and what to do.',
      metric: failed,
      ...HAPPENED,
    });
    this.#watch('RunTimedOut', {
      description: 'A refresh took longer than it may, and is cleared up after by another run.',
      metric: timedOut,
      ...HAPPENED,
    });
    this.#watch('RunAborted', {
      description: 'A refresh was stopped, and is cleared up after by another run.',
      metric: aborted,
      ...HAPPENED,
    });
    this.#watch('DeadLetters', {
      description:
        'A request for a refresh was refused or could not be delivered, or an end could not be told. The messages in the dead-letter queue say which.',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: Stats.MAXIMUM,
      }),
      ...HAPPENED,
    });
    for (const refresh of refreshes) this.#watchRefresh(refresh, hasOracle);
  }

  #watchRefresh({ name, maxAgeHours }: Refresh, hasOracle: boolean): void {
    this.#watch(`TargetMixed-${name}`, {
      description: `The target of ${name} holds some volumes of the new copy and some of the old one. Do not open the database; recovery_steps in the manifest say how to put it back.`,
      metric: measured(name, 'TargetMixed', Duration.minutes(5)),
      atLeast: 1,
      // Only a later run says that it is over.
      missing: TreatMissingData.IGNORE,
    });
    if (hasOracle) {
      this.#watch(`DatabaseInBackupMode-${name}`, {
        description: `The source database of ${name} was left in backup mode. Log in and type ALTER DATABASE END BACKUP.`,
        metric: measured(name, 'DatabaseInBackupMode', Duration.minutes(5)),
        atLeast: 1,
        missing: TreatMissingData.IGNORE,
      });
    }
    if (maxAgeHours === undefined) return;
    this.#watch(`CopyTooOld-${name}`, {
      description: `The copy of ${name} is older than ${maxAgeHours} hours, or nobody knows how old it is: the refresh did not happen, or did not succeed.`,
      metric: measured(name, 'CopyAgeHours', Duration.hours(1)),
      above: maxAgeHours,
      // The first hour after a deployment has no value yet.
      periods: 2,
      missing: TreatMissingData.BREACHING,
    });
  }

  #watch(id: string, { description, metric, atLeast, above, periods = 1, missing }: Watched): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold: above ?? atLeast ?? 1,
      comparisonOperator:
        above === undefined
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: missing,
    });
    const tell = new SnsAction(this.#topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
  }
}

/** A metric that the notify function measures. */
const measured = (refresh: string, metricName: string, period: Duration): Metric =>
  new Metric({
    namespace: 'FlashArrayRefresh',
    metricName,
    dimensionsMap: { service: 'flasharray-refresh', refresh },
    statistic: Stats.MAXIMUM,
    period,
  });
