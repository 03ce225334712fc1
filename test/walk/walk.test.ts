import { expect, it } from 'vitest';
import { type Census, showCensus, takeCensus } from './support/census.ts';
import { configurations } from './support/configurations.ts';
import { walkAll } from './support/walk-all.ts';
import type { Job } from './support/walker.ts';

/** How many worlds `npm test` walks through; of those where something has gone wrong already; of these `npm run test:walk`. */
const [SOME, FEW, MORE] = [150, 14, 100];

/**
 * Whatever goes wrong at whichever request, the target is wholly old or wholly new afterwards, or it is said to be mixed
 * and the next run repairs it; and the source database is out of backup mode, or it is said that it is not. `npm run test:walk` walks through all worlds that leave the undisturbed refresh, and through
 * some where something has gone wrong already, with WALK=deep through all of those too; `npm test` takes some of each.
 * WALK_SEED chooses others, WALK_WORLD the one of that name.
 */
const extent = process.env['WALK'];
const seed = Number(process.env['WALK_SEED'] ?? 1);
const only = process.env['WALK_WORLD'];

/** So many of the worlds, spread over all configurations. */
const some =
  (count: number) =>
  (configuration: number): Job['choice'] => {
    if (only !== undefined) return { name: only };
    const { length } = configurations;
    // The first ones make up for what does not divide evenly.
    const share = Math.floor((count + length - 1 - configuration) / length);
    return { count: share, seed: seed * length + configuration };
  };
const all = (): Job['choice'] => (only === undefined ? 'all' : { name: only });

const show = (lines: readonly string[]): string =>
  lines.slice(0, 20).join('\n') + (lines.length > 20 ? `\nand ${lines.length - 20} more` : '');

/** Walks, prints what there was, and fails where something was not as it must be. */
const walk = async (
  courses: Job['courses'],
  choiceFor: (configuration: number) => Job['choice'],
): Promise<Census> => {
  const reports = await walkAll(courses, choiceFor);
  const census = takeCensus(reports);
  console.log(`${courses}, seed ${seed}: ${showCensus(census)}`);
  const wrong = reports
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ name, breaches }) => `WALK_WORLD='${name}'\n  ${breaches.join('\n  ')}`);
  expect(wrong, show(wrong)).toEqual([]);
  return census;
};

const expectAllOutcomes = ({ outcomes }: Census): void =>
  expect(Math.min(outcomes.old, outcomes.new, outcomes.mixed)).toBeGreaterThan(0);

const LONG = { timeout: 1_800_000 };

it('a refresh is all or nothing, whatever goes wrong', LONG, async () => {
  const census = await walk('undisturbed', extent === undefined ? some(SOME) : all);

  if (only !== undefined) return;
  expectAllOutcomes(census);
  if (extent === undefined) expect(census.worlds).toBe(SOME);
  else expect(census.between).toBeGreaterThanOrEqual(300);
});

it('so are putting back and recovering', LONG, async () => {
  const count = extent === undefined ? FEW : MORE;
  const census = await walk('disturbed', extent === 'deep' ? all : some(count));

  if (only === undefined && extent !== undefined) expectAllOutcomes(census);
});
