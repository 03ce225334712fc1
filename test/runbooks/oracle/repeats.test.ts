import pMap from 'p-map';
import { expect, it } from 'vitest';
import { AT_ONCE, few } from './support/few.ts';
import { AFTER, expectRefreshed, prepareOverwritten } from './support/refreshed.ts';

const overwritten = prepareOverwritten();

// In a cluster only the last of them is done by other means. `npm test` takes one of these cases, `npm run test:runbooks` all.
it.each(
  few(
    [
      { topology: 'single', step: 'parameters' },
      { topology: 'single', step: 'restrict' },
      { topology: 'single', step: 'rename' },
      { topology: 'single', step: 'open' },
      { topology: 'rac', step: 'open' },
    ] as const,
    1,
  ),
)(
  '$topology: $step may be killed or fail at a change, and be repeated',
  async ({ topology, step }) => {
    const hosts = overwritten(topology);
    for (const earlier of AFTER.slice(1, AFTER.indexOf(step))) await hosts.run(earlier);
    const calm = hosts.copy();
    await calm.run(step);
    const changes = new Set(calm.changes);
    const cases = calm.calls
      .map((call, index) => ({ call, at: `${index + 1}` }))
      .filter(({ call }) => changes.has(call))
      .flatMap((change) => [
        { ...change, how: 'kill' as const },
        { ...change, how: 'after' as const },
      ]);

    await pMap(
      few(cases, 1),
      async (fault) => {
        const struck = hosts.copy();
        expect((await struck.run(step, { fault })).code, fault.call).not.toBe(0);

        for (const rest of AFTER.slice(AFTER.indexOf(step))) {
          const { code, output } = await struck.run(rest);
          expect(code, `${fault.how} ${fault.call}: ${output}`).toBe(0);
        }

        expectRefreshed(struck, `${fault.how} ${fault.call}`);
      },
      AT_ONCE,
    );
  },
  600_000,
);
