import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { chooseWorlds, randomFrom } from './choose-worlds.ts';
import { configurations } from './configurations.ts';
import { type Course, runDisturbed, runUndisturbed } from './courses.ts';
import { runDatabaseDisturbed } from './database-courses.ts';
import { Ground } from './ground.ts';
import { runHooksDisturbed } from './hook-courses.ts';
import { Interpreter } from './interpreter.ts';
import { runWorld, type WorldReport } from './run-world.ts';
import { type World, worldsOf } from './worlds.ts';

/** Which worlds of a configuration are walked through: of those that are chosen, one share. */
export const jobSchema = z.object({
  configuration: z.number(),
  /** Worlds that leave the undisturbed refresh, or those on which something has gone wrong already. */
  courses: z.enum(['undisturbed', 'disturbed']),
  share: z.number(),
  shares: z.number(),
  /** All, so many at random, or the one of this name. */
  choice: z.union([
    z.literal('all'),
    z.object({ count: z.number(), seed: z.number() }),
    z.object({ name: z.string() }),
  ]),
});
export type Job = z.output<typeof jobSchema>;

/** What a walker sends: the reports of a job, or why it broke off. */
export type Answer = { readonly reports: readonly WorldReport[] } | { readonly broken: string };

/** A thread that walks through worlds. Grounds are opened when they are needed, and kept. */
const interpreter = new Interpreter(
  z.object({ definition: z.unknown() }).parse(workerData).definition,
);
const opened = new Map<
  number,
  { ground: Ground; undisturbed: World[]; disturbed: () => Promise<World[]> }
>();

const open = async (index: number) => {
  const known = opened.get(index);
  if (known) return known;
  const configuration = configurations[index];
  if (!configuration) throw new Error(`There is no configuration ${index}.`);
  const ground = await Ground.open(configuration);
  const first = await runUndisturbed(ground, interpreter);
  let others: Promise<Course[]> | undefined;
  const made = {
    ground,
    undisturbed: worldsOf(configuration.name, first),
    disturbed: async () => {
      others ??= runAllDisturbed(ground, first);
      return (await others).flatMap((course) => worldsOf(configuration.name, course));
    },
  };
  opened.set(index, made);
  return made;
};

const runAllDisturbed = async (ground: Ground, first: Course): Promise<Course[]> => [
  ...(await runDisturbed(ground, interpreter, first)),
  ...(await runDatabaseDisturbed(ground, interpreter, first)),
  ...(await runHooksDisturbed(ground, interpreter, first)),
];

const choose = (worlds: readonly World[], choice: Job['choice']): readonly World[] => {
  if (choice === 'all') return worlds;
  if ('name' in choice) return worlds.filter(({ name }) => name === choice.name);
  return chooseWorlds(worlds, choice.count, randomFrom(choice.seed));
};

const walk = async ({
  configuration,
  courses,
  share,
  shares,
  choice,
}: Job): Promise<WorldReport[]> => {
  const { ground, undisturbed, disturbed } = await open(configuration);
  const worlds = courses === 'undisturbed' ? undisturbed : await disturbed();
  const reports: WorldReport[] = [];
  for (const [index, world] of choose(worlds, choice).entries()) {
    if (index % shares !== share) continue;
    try {
      reports.push(await runWorld(ground, interpreter, world));
    } catch (error) {
      throw new Error(`World "${world.name}" broke off.`, { cause: error });
    }
  }
  return reports;
};

parentPort?.on('message', async (message: unknown) => {
  if (message === 'close') {
    for (const { ground } of opened.values()) await ground.close();
    parentPort?.close();
    return;
  }
  let answer: Answer;
  try {
    answer = { reports: await walk(jobSchema.parse(message)) };
  } catch (error) {
    answer = { broken: describe(error) };
  }
  parentPort?.postMessage(answer);
});

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack}${error.cause === undefined ? '' : `\nbecause ${describe(error.cause)}`}`;
};
