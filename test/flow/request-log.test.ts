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
