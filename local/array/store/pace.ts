/** How fast a transfer goes: all times in milliseconds, all fractions between 0 and 1. */

/** The fraction that has arrived after so long a transfer. */
export type Point = readonly [ms: number, fraction: number];

export interface Pace {
  /** How long nothing is known on the target after the turn of a transfer has come. */
  readonly startDelayMs: number;
  /** Straight lines from nothing at the start through these points; both coordinates rise. */
  readonly curve: readonly Point[];
  /** What no transfer gets past; 1: nothing holds it up. */
  readonly stallAt: number;
}

/** What somebody has set; undefined: nobody has. */
export type PaceSettings = { readonly [K in keyof Pace]?: Pace[K] | undefined };

export const steady = (durationMs: number): readonly Point[] => [[durationMs, 1]];

const DEFAULT_CURVE = steady(8000);
/** Left alone, a transfer takes 8 s as well, but the target knows nothing of it in the first of them. */
const DEFAULT_START_MS = 1000;
const DEFAULT_REST = steady(7000);

/** The pace under these settings. Whoever sets a delay or a curve gets no other delay than the one that is set. */
export function paceOf({ startDelayMs, curve, stallAt = 1 }: PaceSettings): Pace {
  const isUntouched = startDelayMs === undefined && curve === undefined;
  return isUntouched
    ? { startDelayMs: DEFAULT_START_MS, curve: DEFAULT_REST, stallAt }
    : { startDelayMs: startDelayMs ?? 0, curve: curve ?? DEFAULT_CURVE, stallAt };
}

/** How much has arrived `ms` after the start, if nothing holds the transfer up. */
export function fractionAt(curve: readonly Point[], ms: number): number {
  let [before, done]: Point = [0, 0];
  for (const [at, fraction] of curve) {
    if (ms < at) return done + (fraction - done) * ((ms - before) / (at - before));
    [before, done] = [at, fraction];
  }
  return done;
}

/** The first whole millisecond after the start at which so much has arrived; `Infinity` where it never has. */
export function timeOf(curve: readonly Point[], fraction: number): number {
  if (fraction <= 0) return 0;
  let [before, done]: Point = [0, 0];
  for (const [at, next] of curve) {
    if (next >= fraction) {
      return Math.ceil(before + (at - before) * ((fraction - done) / (next - done)));
    }
    [before, done] = [at, next];
  }
  return Number.POSITIVE_INFINITY;
}
