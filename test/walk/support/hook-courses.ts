import { type Course, RECOVERY, RUN, record, recoveryInput } from './courses.ts';
import { drive } from './drive.ts';
import type { Ground } from './ground.ts';
import { Holdings } from './holdings.ts';
import { isOfHooks } from './hook-troubles.ts';
import type { Interpreter } from './interpreter.ts';
import type { Trouble } from './trouble.ts';

/**
 * Courses on which something has gone wrong with hooks already: a refresh whose database was not stopped; the recovery of one
 * that was aborted while its source was being quiesced, and of one whose database was being stopped.
 */
export const runHooksDisturbed = async (
  ground: Ground,
  interpreter: Interpreter,
  { begin, steps }: Course,
): Promise<Course[]> => {
  const { hooks } = ground;
  if (!hooks) return [];
  const goTo = async (script: string) => {
    const step = steps.find(
      ({ place: { state, document } }) =>
        /^Send|^Call/.test(state) && Object(document).hook.name === script,
    );
    if (!step) throw new Error(`The undisturbed refresh has no ${script}.`);
    await ground.goBack(step.before);
    const kind: 'call' | 'send' = step.place.state.startsWith('Call') ? 'call' : 'send';
    return { from: step.place, kind };
  };
  const fail = async (script: string): Promise<Course> => {
    const { from, kind } = await goTo(script);
    hooks.hosts.addFault({ kind, times: 1, acts: true, outcome: 'done, and failed' });
    const recorded = await record(ground, interpreter, { run: RUN, from });
    const name = `${script} has failed`;
    return { name, run: RUN, kind: 'refresh', begin, start: begin, steps: recorded.slice(1) };
  };
  const recover = async (script: string): Promise<Course> => {
    const { from, kind } = await goTo(script);
    const trouble: Trouble = {
      kind: 'hook',
      fault: { kind, times: 1, acts: true, hears: 'abort' },
    };
    await drive(ground, interpreter, { run: RUN, from, trouble });
    ground.clearTroubles();
    const start = new Holdings(ground.simulator.state());
    const place = interpreter.begin(recoveryInput);
    const recorded = await record(ground, interpreter, { run: RECOVERY, from: place });
    const name = `recovery of ${script}`;
    return {
      name,
      run: RECOVERY,
      kind: 'recovery',
      begin,
      start,
      steps: recorded.filter(isCalling),
    };
  };
  return [await fail('stop'), await recover('quiesce'), await recover('stop')];
};

/** What comes before the hooks other courses go through. */
const isCalling = ({ place: { state } }: Course['steps'][number]): boolean =>
  isOfHooks(state) || state.startsWith('Record');
