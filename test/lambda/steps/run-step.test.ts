import { afterEach, describe, expect, it } from 'vitest';
import { RefreshError } from '../../../lambda/refresh/errors.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { runArrayStep, type Step } from '../../../lambda/steps/run-array-step.ts';
import { type Log, runStep } from '../../../lambda/steps/run-step.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { begun, setUp } from './support/bench.ts';

afterEach(stopSimulatedArrays);

/** A log that remembers. */
const makeLog = () => {
  const lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const at = (level: string) => (message: string, fields: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, fields });
  };
  const log: Log = { info: at('info'), error: at('error') };
  return { log, lines };
};

describe('a step', () => {
  it('leaves in the run when it began, how long it took and how many requests it sent', async () => {
    const bench = await setUp();
    const clock = new ManualClock();
    const { log, lines } = makeLog();
    const act: Step = async (run, ports) => {
      clock.advance(210);
      return prepare(run, ports);
    };

    const run = await runArrayStep({
      name: 'prepare',
      act,
      run: begun(),
      ports: { ...bench.ports, clock },
      log,
    });

    const record = {
      step: 'prepare',
      started: '2026-11-24T01:00:00.000Z',
      ms: 210,
      requests: bench.simulator.requests().length,
    };
    expect(run.steps).toEqual([record]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Step done',
        fields: { run: 'nightly-1', refresh: 'nightly', ...record },
      },
    ]);
  });

  it('counts its own requests only, on a session that served others before', async () => {
    const bench = await setUp();
    await bench.array.identify();
    const act: Step = async (run, ports) => {
      const [first, second] = [await ports.sourceArray(null), await ports.sourceArray(null)];
      await Promise.all([first.identify(), second.identify()]);
      return run;
    };

    const run = await runArrayStep({
      name: 'x',
      act,
      run: begun(),
      ports: bench.ports,
      log: makeLog().log,
    });

    expect(run.steps[0]?.requests).toBe(2);
  });

  it('that follows itself adds to its record, so that the run does not grow by it', async () => {
    const bench = await setUp();
    const clock = new ManualClock();
    const ports = { ...bench.ports, clock };
    const { log } = makeLog();
    const act: Step = async (run, { sourceArray }) => {
      clock.advance(10);
      await (await sourceArray(null)).identify();
      return run;
    };
    const look = { name: 'check-replication', act, ports, log };

    const first = await runArrayStep({ ...look, name: 'take-snapshot', run: begun() });
    const second = await runArrayStep({ ...look, run: first });
    const third = await runArrayStep({ ...look, run: second });

    expect(third.steps.map(({ step, ms }) => [step, ms])).toEqual([
      ['take-snapshot', 10],
      ['check-replication', 20],
    ]);
    expect(third.steps[1]).toMatchObject({ started: '2026-11-24T01:00:00.010Z', requests: 2 });
  });

  it('that speaks to no array sends it no request', async () => {
    const clock = new ManualClock();
    const act = async () => {
      clock.advance(30);
      return begun();
    };

    const run = await runStep({ name: 'x', act, run: begun(), clock, log: makeLog().log });

    expect(run.steps).toMatchObject([{ ms: 30, requests: 0 }]);
  });

  it('that fails is logged by name and message, without what caused it', async () => {
    const bench = await setUp();
    const { log, lines } = makeLog();
    const error = new RefreshError('SharedHost', 'They share one.', 'Disconnect it.', {
      cause: new Error('c4n4ry'),
    });
    const act: Step = () => Promise.reject(error);

    await expect(
      runArrayStep({ name: 'prepare', act, run: begun(), ports: bench.ports, log }),
    ).rejects.toBe(error);

    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'Step failed',
        fields: { run: 'nightly-1', step: 'prepare', error: 'SharedHost', requests: 0 },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('c4n4ry');
  });
});
