import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Measurement } from '../notices/run-metrics.ts';

/** What the function calls itself in its log. */
export const SERVICE = 'flasharray-refresh';

/**
 * Writes values into the function's log in the form of which CloudWatch makes metrics, with the dimensions `service` and
 * `refresh`.
 * @param run that they are of, where they are of one
 */
export const emitMetrics = (
  refresh: string,
  measurements: readonly Measurement[],
  run?: string,
): void => {
  const metrics = new Metrics({ namespace: 'FlashArrayRefresh', serviceName: SERVICE });
  metrics.addDimension('refresh', refresh);
  // As every line of the log has it; no dimension, which would make a metric of each run.
  if (run !== undefined) metrics.addMetadata('run', run);
  for (const { name, unit, value } of measurements) metrics.addMetric(name, UNITS[unit], value);
  metrics.publishStoredMetrics();
};

const UNITS = {
  Seconds: MetricUnit.Seconds,
  Count: MetricUnit.Count,
  Bytes: MetricUnit.Bytes,
  None: MetricUnit.NoUnit,
} as const;
