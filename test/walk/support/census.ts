import type { WorldReport } from './run-world.ts';

/** How many worlds there are of each outcome, in all and by the state in which things went wrong. */
export interface Census {
  readonly worlds: number;
  readonly between: number;
  readonly outcomes: Readonly<Record<WorldReport['outcome'], number>>;
  readonly phases: ReadonlyMap<string, Readonly<Record<WorldReport['outcome'], number>>>;
}

export const takeCensus = (reports: readonly WorldReport[]): Census => {
  const phases = [...new Set(reports.map(({ phase }) => phase))];
  return {
    worlds: reports.length,
    between: reports.filter(({ isBetween }) => isBetween).length,
    outcomes: count(reports),
    phases: new Map(
      phases.map((name) => [name, count(reports.filter(({ phase }) => phase === name))]),
    ),
  };
};

const count = (reports: readonly WorldReport[]) => {
  const of = (wanted: WorldReport['outcome']) =>
    reports.filter(({ outcome }) => outcome === wanted).length;
  return { old: of('old'), new: of('new'), mixed: of('mixed') };
};

/** The census as lines for people. */
export const showCensus = ({ worlds, between, outcomes, phases }: Census): string => {
  const rows = [...phases, ['in all', outcomes] as const].map(
    ([name, { old, new: fresh, mixed }]) =>
      `${name.padEnd(18)}${[old, fresh, mixed].map((value) => String(value).padStart(8)).join('')}`,
  );
  return [
    `${worlds} worlds, ${between} of them between the first overwrite and the release of the guard.`,
    `${'went wrong in'.padEnd(18)}     old     new   mixed, then repaired`,
    ...rows,
  ].join('\n');
};
