import { vi } from 'vitest';
import * as z from 'zod';

const embedded = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.string(),
        Dimensions: z.tuple([z.array(z.string())]),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ]),
  }),
});

/** A value of a metric, as CloudWatch gets it. */
export interface Emitted {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: Readonly<Record<string, string>>;
  readonly Unit: string;
  readonly value: number;
}

/** The values that CloudWatch finds in what `write` puts onto the standard output. */
export const emittedBy = (write: () => void): Emitted[] => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    write();
    return written.mock.calls.flatMap(([line]) => valuesIn(String(line)));
  } finally {
    written.mockRestore();
  }
};

const valuesIn = (line: string): Emitted[] => {
  const document = embedded.parse(JSON.parse(line));
  const { Namespace, Dimensions, Metrics } = document._aws.CloudWatchMetrics[0];
  return Metrics.map(({ Name, Unit }) => ({
    Namespace,
    MetricName: Name,
    Unit,
    Dimensions: Object.fromEntries(Dimensions[0].map((key) => [key, String(document[key])])),
    value: Number(document[Name]),
  }));
};
