import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { findAssembly } from '../../../local/assembly.ts';
import { readStack } from '../../../local/template.ts';
import { configurations } from './configurations.ts';
import type { WorldReport } from './run-world.ts';
import type { Answer, Job } from './walker.ts';

/** One a core. */
const THREADS = 2;
/** Into how many jobs a configuration is cut, so that no thread is long at work when the other has nothing left. */
const SHARES = 4;
/** As many worlds as are worth a job: each thread runs the courses of a configuration first. */
const WORTH_A_JOB = 20;

/** None where no world is wanted: even the courses take a while. */
const sharesOf = (choice: Job['choice']): number =>
  typeof choice === 'object' && 'count' in choice
    ? Math.min(SHARES, Math.ceil(choice.count / WORTH_A_JOB))
    : SHARES;

/** Walks through the worlds of all configurations, on all cores. */
export const walkAll = async (
  courses: Job['courses'],
  choiceFor: (configuration: number) => Job['choice'],
): Promise<WorldReport[]> => {
  const { definition } = await readStack(await findAssembly());
  const jobs = configurations.flatMap((_, configuration) => {
    const choice = choiceFor(configuration);
    const shares = sharesOf(choice);
    return Array.from(
      { length: shares },
      (__, share): Job => ({ configuration, courses, share, shares, choice }),
    );
  });
  const reports = await Promise.all(
    Array.from({ length: THREADS }, () =>
      work(new Worker(walker, { workerData: { definition } }), jobs),
    ),
  );
  return reports.flat();
};

const walker = new URL('./walker.ts', import.meta.url);

/** Has a thread do jobs until none is left. */
const work = async (thread: Worker, jobs: Job[]): Promise<WorldReport[]> => {
  const reports: WorldReport[] = [];
  try {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      thread.postMessage(job);
      const [answer]: Answer[] = await once(thread, 'message');
      if (!answer) throw new Error('A walker has said nothing.');
      if ('broken' in answer) throw new Error(answer.broken);
      reports.push(...answer.reports);
    }
    thread.postMessage('close');
    await once(thread, 'exit');
  } finally {
    await thread.terminate();
  }
  return reports;
};
