import { afterEach, expect, it } from 'vitest';
import { acquireGuard } from '../../../lambda/steps/acquire-guard.ts';
import { overwriteVolumes } from '../../../lambda/steps/overwrite-volumes.ts';
import { releaseGuard } from '../../../lambda/steps/release-guard.ts';
import { reserveTarget } from '../../../lambda/steps/reserve-target.ts';
import { verifyTarget } from '../../../lambda/steps/verify-target.ts';
import { toHost } from '../refresh/support/hooks.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays } from '../support/simulated-array.ts';
import { arnOf, begun, nightly, runUpTo, setUp } from './support/bench.ts';
import { rights, throughPoint } from './support/hook-bench.ts';

afterEach(stopSimulatedArrays);

const hooks = {
  before_overwrite: [{ ...toHost('stop'), on_abort: toHost('start') }],
  after_overwrite: [toHost('mask'), toHost('open')],
};

it('a run that comes to its hooks late does not take the target from one that is between overwrite and last hook', async () => {
  const array = await setUp({
    definition: { hooks },
    executions: { [arnOf('nightly-1')]: 'alive', [arnOf('nightly-2')]: 'alive' },
  });
  const bench = { ...array, ports: { ...array.ports, hookRights: rights } };
  const first = await runUpTo('planOverwrite', bench);
  const late = await runUpTo('planOverwrite', bench, begun({ snapshot_name: 's2' }, 'nightly-2'));
  let { run } = await throughPoint(first, 'before_overwrite', bench);
  for (const step of [acquireGuard, overwriteVolumes, verifyTarget, releaseGuard]) {
    run = await step(run, bench.ports);
  }

  const refused = await throughPoint(late, 'before_overwrite', bench);
  const followed = await throughPoint(run, 'after_overwrite', bench);

  expect(refused.sent).toEqual([]);
  expect(followed.sent).toEqual(['mask', 'open']);
});

it('a run without hooks does not overwrite a target that was reserved while it took the guard', async () => {
  const bench = await setUp({ executions: { [arnOf('nightly-2')]: 'alive' } });
  const run = await runUpTo('planOverwrite', bench);
  const { array } = bench;
  const rename = array.renameSnapshot.bind(array);
  array.renameSnapshot = async (...names) => {
    await reserveTarget({ ...run, id: 'nightly-2', execution: arnOf('nightly-2') }, bench.ports);
    await rename(...names);
  };

  expect(await rejectionOf(acquireGuard(run, bench.ports))).toMatchObject({
    name: 'RefreshInProgress',
    message: expect.stringContaining('is reserved by run "nightly-2"'),
  });
});

it('of several runs that reserve a target at the same moment, one gets it', async () => {
  const runs = ['nightly-1', 'nightly-2', 'nightly-3'];
  const bench = await setUp({
    executions: Object.fromEntries(runs.map((id) => [arnOf(id), 'alive'])),
  });
  const prepared = await Promise.all(runs.map((id) => runUpTo('prepare', bench, begun({}, id))));

  const outcomes = await Promise.allSettled(
    prepared.map((run) => reserveTarget(run, bench.ports).then(() => run.id)),
  );

  const [winner, ...others] = outcomes.flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  expect(others).toEqual([]);
  const kept = [...bench.store.objects].filter(([key]) => key.startsWith('runs/_targets/'));
  expect(kept.map(([, text]) => JSON.parse(text))).toMatchObject([{ run: winner }]);
});

it('of a run with hooks and one without that take the guard at the same moment, one goes on', async () => {
  const array = await setUp({
    executions: { [arnOf('nightly-1')]: 'alive', [arnOf('nightly-2')]: 'alive' },
  });
  const bench = { ...array, ports: { ...array.ports, hookRights: rights } };
  const without = await runUpTo('planOverwrite', bench);
  const { after_overwrite } = hooks;
  bench.store.put('refreshes/nightly.json', { ...nightly, hooks: { after_overwrite } });
  const late = begun({ snapshot_name: 's2' }, 'nightly-2');
  const withHooks = await runUpTo('planOverwrite', bench, late);

  const outcomes = await Promise.allSettled(
    [without, withHooks].map((run) => acquireGuard(run, bench.ports)),
  );

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('a run whose first hook comes after the overwrite does not take the target from one that has reserved it meanwhile', async () => {
  const array = await setUp({
    definition: { hooks: { after_overwrite: hooks.after_overwrite } },
    executions: { [arnOf('nightly-2')]: 'alive' },
  });
  const bench = { ...array, ports: { ...array.ports, hookRights: rights } };
  const run = await runUpTo('planOverwrite', bench);
  const rename = bench.array.renameSnapshot.bind(bench.array);
  bench.array.renameSnapshot = async (...names) => {
    await reserveTarget({ ...run, id: 'nightly-2', execution: arnOf('nightly-2') }, bench.ports);
    await rename(...names);
  };

  expect(await rejectionOf(acquireGuard(run, bench.ports))).toMatchObject({
    name: 'RefreshInProgress',
  });
});
