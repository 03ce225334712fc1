import { BEGIN_BACKUP, END_BACKUP } from '../../../lambda/oracle/statements.ts';
import type { DatabaseFault } from '../../../local/database/simulator.ts';
import { type Course, type CourseStep, RECOVERY, RUN, record, recoveryInput } from './courses.ts';
import { LATE_MS } from './database-troubles.ts';
import { drive } from './drive.ts';
import type { Ground } from './ground.ts';
import { Holdings } from './holdings.ts';
import type { Interpreter } from './interpreter.ts';
import type { Trouble } from './trouble.ts';

/** Carried out when the client has given up. */
const LATE: DatabaseFault = {
  statement: BEGIN_BACKUP,
  effect: { act_late_ms: LATE_MS },
};
const REFUSED: DatabaseFault = { statement: END_BACKUP, times: 0, effect: { refuse: 600 } };

/**
 * Courses on which something has gone wrong with the database already: a refresh that does not know whether backup mode has
 * begun; one that cannot end it; the recovery of one that was aborted in it.
 */
export const runDatabaseDisturbed = async (
  ground: Ground,
  interpreter: Interpreter,
  { begin, steps }: Course,
): Promise<Course[]> => {
  const { database } = ground;
  if (!database) return [];
  const stepOf = (state: string): CourseStep => {
    const step = steps.find(({ place }) => place.state === state);
    if (!step) throw new Error(`The undisturbed refresh has no ${state}.`);
    return step;
  };
  const fail = async (name: string, state: string, fault: DatabaseFault): Promise<Course> => {
    const { place: from, before } = stepOf(state);
    await ground.goBack(before);
    database.simulator.addFaults([fault]);
    const recorded = await record(ground, interpreter, { run: RUN, from });
    return { name, run: RUN, kind: 'refresh', begin, start: begin, steps: recorded.slice(1) };
  };
  const recover = async (): Promise<Course> => {
    const { place: from, before } = stepOf('Begin Backup');
    const trouble: Trouble = { kind: 'kill', after: { statement: BEGIN_BACKUP, nth: 1 } };
    await ground.goBack(before);
    await drive(ground, interpreter, { run: RUN, from, trouble, afterDeath: 'abort' });
    ground.clearTroubles();
    const start = new Holdings(ground.simulator.state());
    const place = interpreter.begin(recoveryInput);
    const recorded = await record(ground, interpreter, { run: RECOVERY, from: place });
    const name = 'recovery in backup mode';
    return { name, run: RECOVERY, kind: 'recovery', begin, start, steps: recorded };
  };
  return [
    await fail('unsure of backup mode', 'Begin Backup', LATE),
    await fail('backup mode not ended', 'End Backup', REFUSED),
    await recover(),
  ];
};
