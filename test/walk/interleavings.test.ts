import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAssembly } from '../../local/assembly.ts';
import { readStack } from '../../local/template.ts';
import { databasePairs } from '../support/databases.ts';
import { type Configuration, configurations } from './support/configurations.ts';
import { Duel, type DuelReport } from './support/duel.ts';
import { Interpreter } from './support/interpreter.ts';

/** In how many orders the two runs meet on arrays of each kind. */
const ORDERS = process.env['WALK'] === 'all' ? 60 : 3;
const seed = Number(process.env['WALK_SEED'] ?? 1);
const seeds = Array.from({ length: ORDERS }, (_, index) => seed * 1000 + index);

const areArraysAlone = ({ keepsCreated, hasDatabase, hasHooks }: Configuration): boolean =>
  !keepsCreated && !hasDatabase && !hasHooks;

let interpreter: Interpreter;
beforeAll(async () => {
  interpreter = new Interpreter((await readStack(await findAssembly())).definition);
});

/** What must not be, in words. */
const inspect = ({ duelists, begin, end, mostLocks }: DuelReport): string[] => {
  const winners = duelists.filter(({ result }) => result.status === 'SUCCEEDED');
  const losers = duelists.filter(({ result }) => result.status === 'FAILED');
  const [winner, loser] = [winners[0], losers[0]];
  if (winners.length !== 1 || !winner || !loser) {
    return [`Not one succeeded, but: ${winners.map(({ run }) => run).join(', ') || 'none'}.`];
  }
  const copied = end.snapshots.find(({ name }) => name === `prd-pg.${winner.run}`);
  const isCopy = Object.entries(databasePairs).every(
    ([source, target]) =>
      copied?.volumes.find(({ name }) => name.endsWith(`.${source}`))?.fingerprint ===
      end.volumes.get(target)?.fingerprint,
  );
  const { name = 'none', message = '' } = loser.manifest.error ?? {};
  const guards = end.snapshots.filter(
    ({ source, name: guard }) =>
      source.name === 'dev-pg' && !/\.(?:before|restored)-[a-z0-9-]+$/.test(guard),
  );
  const claims: [boolean, string][] = [
    [isCopy && end.isTaggedAnew(), 'The target is not what the winner has copied.'],
    [winner.manifest.target === 'refreshed', 'The winner does not say so.'],
    [loser.overwrites === 0, 'The loser has overwritten something.'],
    [loser.manifest.target === 'untouched', `The loser says ${loser.manifest.target}.`],
    [
      /^(?:RefreshInProgress|TargetChanged)$/.test(name),
      `The loser failed with ${name}: ${message}`,
    ],
    [message.includes(`"${winner.run}"`), `The loser does not name the winner: ${message}`],
    [mostLocks <= 1, 'There were two locks at once.'],
    [guards.length === 0, `Left behind: ${guards.map((guard) => guard.name).join(', ')}.`],
    [begin.volumes.size === end.volumes.size, 'There are other volumes than before.'],
  ];
  return claims.filter(([isSo]) => !isSo).map(([, problem]) => problem);
};

describe.each(configurations.filter(areArraysAlone))(
  'two runs at once on $name',
  (configuration) => {
    let duel: Duel;
    beforeAll(async () => {
      duel = await Duel.open(configuration);
    });
    afterAll(() => duel.close());

    it('one overwrites and the other is refused, in whatever order their requests come', async () => {
      const wrong: string[] = [];
      const refusals = new Map<string, number>();
      for (const order of seeds) {
        // Two refreshes of one target group, and one refresh twice.
        const refreshes = order % 2 === 0 ? ['dev', 'other'] : ['dev', 'dev'];
        const report = await duel.run(interpreter, refreshes, order);
        wrong.push(...inspect(report).map((problem) => `order ${order}: ${problem}`));
        for (const { manifest } of report.duelists) {
          if (manifest.error)
            refusals.set(manifest.error.name, 1 + (refusals.get(manifest.error.name) ?? 0));
        }
      }
      console.log(
        `${configuration.name}: ${ORDERS} orders, refused with`,
        Object.fromEntries(refusals),
      );
      expect(wrong).toEqual([]);
    });
  },
);
