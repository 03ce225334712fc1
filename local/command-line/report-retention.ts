import type { Manifest } from '../../lambda/refresh/manifest.ts';

/** The manifest has all of them. */
const MOST_SHOWN = 10;

/** Which older snapshots of the source went, or would go, and which stay and why: a line each. */
export const retentionLines = ({ retention }: Manifest): string[] => {
  if (!retention) return [];
  const { keep, destroyed, would_destroy, left } = retention;
  const why = `older than the newest ${keep}`;
  return [
    ...shown(destroyed.map((name) => `Destroyed: ${name} (${why}; it can be recovered)`)),
    ...shown(would_destroy.map((name) => `Would be destroyed: ${name} (${why})`)),
    ...shown(left.map(({ name, reason }) => `Stays: ${name} (${why}, but ${reason})`)),
  ];
};

const shown = (lines: readonly string[]): string[] => {
  const more = lines.length - MOST_SHOWN;
  return [
    ...lines.slice(0, MOST_SHOWN),
    ...(more > 0 ? [`… and ${more} more, which the manifest lists`] : []),
  ];
};
