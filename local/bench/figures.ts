/** What one run came to, or the median of several. */
export interface Figures {
  /** To the array. */
  readonly requests: number;
  readonly ms: number;
  /** From the first overwrite that the array carried out to the last one: some volumes are new, others old. */
  readonly mixedMs: number;
  /** The most memory that the process held, simulator and all. */
  readonly peakBytes: number;
  /** Whether the copy was right. */
  readonly isRight: boolean;
}

/** Times by the median; of the rest the worst. */
export const summarize = (runs: readonly Figures[]): Figures => ({
  requests: Math.max(...runs.map(({ requests }) => requests)),
  ms: median(runs.map(({ ms }) => ms)),
  mixedMs: median(runs.map(({ mixedMs }) => mixedMs)),
  peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  isRight: runs.every(({ isRight }) => isRight),
});

/** From the first of these moments to the last one. */
export const spread = (moments: readonly number[]): number =>
  moments.length > 0 ? Math.max(...moments) - Math.min(...moments) : 0;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = low] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return (low + high) / 2;
};
