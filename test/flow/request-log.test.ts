import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { databases, definition } from '../support/databases.ts';
import type { RunReport } from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ state: databases() });

const line = z.object({
  message: z.literal('Array request'),
  run: z.string(),
  refresh: z.string(),
  step: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.union([z.number(), z.string()]),
  ms: z.number().nonnegative(),
  request_id: z.uuid(),
});
type Line = z.output<typeof line>;

/** What the step function logs of the requests of a run. */
const logOf = async (start: () => Promise<RunReport>) => {
  const before = world.logs.length;
  const report = await start();
  const lines = (): Line[] =>
    world.logs
      .slice(before)
      .filter((text) => text.includes('"Array request"'))
      .map((text) => line.parse(JSON.parse(text)));
  // A worker's log comes by a way of its own.
  await vi.waitFor(() => expect(lines().length).toBeGreaterThanOrEqual(report.requests.length), {
    timeout: 10_000,
  });
  return { report, lines: lines() };
};
const told = ({ method, path, status }: Pick<Line, 'method' | 'path'> & { status: unknown }) =>
  `${method} ${path}: ${status}`;

describe('the log of the step function', () => {
  it('has one line for each request of a run, which says for which step it was', async () => {
    await world.define('nightly', definition);

    const { report, lines } = await logOf(() => world.run('nightly'));

    expect(lines.map(told).sort()).toEqual(report.requests.map(told).sort());
    for (const { step, requests } of report.manifest.steps) {
      expect(lines.filter((it) => it.step === step)).toHaveLength(requests);
    }
    expect(lines.filter((it) => it.run !== report.run || it.refresh !== 'nightly')).toEqual([]);
  });

  it('has one for a request that was refused, too', async () => {
    // One volume a request, which the array can refuse.
    await world.define('nightly', { ...definition, flash_array_api_version: '2.31' });
    const errors = [{ context: null, message: 'Not now.' }];
    world.addFaults({
      method: 'POST',
      path: '/volumes',
      nth: 1,
      effect: { status: 400, body: { errors } },
    });

    const { report, lines } = await logOf(() => world.run('nightly'));

    expect(report.result.status).toBe('FAILED');
    expect(lines.map(told).sort()).toEqual(report.requests.map(told).sort());
    expect(lines.map(({ status }) => status)).toContain(400);
  });

  it('has no token and no query in any of them', async () => {
    await world.define('nightly', definition);

    const { report, lines } = await logOf(() => world.run('nightly'));

    expect(report.requests.some(({ query }) => Object.keys(query).length > 0)).toBe(true);
    expect(lines.filter(({ path }) => path.includes('?'))).toEqual([]);
    expect(await world.leaks()).toEqual([]);
  });
});

describe('the log of the functions', () => {
  const any = z.looseObject({ level: z.string(), message: z.string() });
  const linesFrom = (start: number) =>
    world.logs.slice(start).map((text) => any.parse(JSON.parse(text)));
  /** What is logged until then, by whichever function. */
  const logUntil = async (last: object, act: () => Promise<unknown>) => {
    const before = world.logs.length;
    await act();
    await vi.waitFor(
      () => expect(linesFrom(before)).toContainEqual(expect.objectContaining(last)),
      { timeout: 10_000 },
    );
    return linesFrom(before);
  };

  it.each([
    ['a dry run', { execute: false }, 'record-result'],
    ['a refresh', {}, 'record-result'],
    ['a run that is refused', { snapshot_name: '???' }, 'record-failure'],
  ])('says in each line for which step of which run it is: %s', async (_, overrides, last) => {
    await world.define('nightly', definition);
    let run = '';

    const lines = await logUntil({ step: last, message: 'Step done' }, async () => {
      run = (await world.execute({ refresh: 'nightly', ...overrides })).run;
    });

    // Those of a run before it may have come late.
    for (const line of lines.slice(lines.findIndex((it) => it['run'] === run))) {
      expect(line).toMatchObject({ run, refresh: 'nightly', step: expect.any(String) });
    }
  });

  it('says of which run it is that was started', async () => {
    await world.define('nightly', definition);

    const lines = await logUntil({ message: 'Run started' }, () =>
      world.deployment.start({ refresh: 'nightly', execute: false }),
    );

    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'Run started',
        run: expect.stringMatching(/^nightly-/),
        refresh: 'nightly',
        step: 'start',
      }),
    );
  });
});
