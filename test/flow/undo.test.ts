import { beforeEach, describe, expect, it } from 'vitest';
import {
  databases,
  definition,
  replicatedDatabases,
  replicatedDefinition,
} from '../support/databases.ts';
import { expectFailure, expectRefreshed, expectRefused } from '../support/expectations.ts';
import { some } from '../support/extent.ts';
import type { ArrayReport, RunReport } from '../support/run-report.ts';
import { useWorld, type World } from '../support/world.ts';

const contents = ({ volumes }: ArrayReport): Record<string, string> =>
  Object.fromEntries(volumes.map(({ name, fingerprint }) => [name, fingerprint]));

/** The target's content before a refresh, after it, after an undo, and after an undo of that. */
const undoTwice = async (world: World) => {
  const refresh = await world.run('nightly');
  const undo = await world.run('nightly', { undo: true });
  const redo = await world.run('nightly', { undo: true });
  const { before, after } = refresh.target;
  const states = [before, after, undo.target.after, redo.target.after].map(contents);
  return { refresh, undo, redo, states };
};

describe('on one array', () => {
  const world = useWorld({ state: databases() });

  const arrays = [
    ['2.56', false],
    ['2.26', false],
    ['2.56', true],
    ['2.26', true],
  ] as const;

  describe.each(some(arrays, 2))(
    'undo on REST %s (created left alone: %j)',
    (flash_array_api_version, keeps_created) => {
      beforeEach(async () => {
        world.simulator.setOverwrite({ keeps_created });
        await world.define('nightly', { ...definition, flash_array_api_version });
      });

      it('brings back the previous copy bit for bit, and undo of that the new one', async () => {
        const { undo, redo, states } = await undoTwice(world);
        const [before, refreshed, undone, redone] = states;

        expect(undone).toEqual(before);
        expect(redone).toEqual(refreshed);
        expect(refreshed).not.toEqual(before);
        for (const { manifest } of [undo, redo]) {
          expect(manifest).toMatchObject({ mode: 'undo', status: 'SUCCEEDED', target: 'restored' });
        }
      });
    },
  );

  describe('undo', () => {
    beforeEach(() => world.define('nightly', definition));

    it('puts back the newest guard, and says in current.json what the target holds', async () => {
      await world.run('nightly');
      const second = await world.run('nightly');

      const undo = await world.run('nightly', { undo: true });

      expect(undo.manifest.snapshot).toMatchObject({ name: second.manifest.guard, reused: true });
      expect(undo.manifest.pairs.map(({ rule }) => rule)).toEqual(['own', 'own', 'own', 'own']);
      expect(await world.object('manifests/nightly/current.json')).toEqual(undo.manifest);
    });

    it('says which copy the target holds again, and so how old that is', async () => {
      const first = await world.run('nightly');
      const second = await world.run('nightly');

      const undo = await world.run('nightly', { undo: true });
      const redo = await world.run('nightly', { undo: true });

      const copyOf = ({ manifest: { snapshot } }: RunReport) => ({
        snapshot: snapshot?.name,
        created: snapshot?.created,
      });
      expect(second.manifest).toMatchObject({ copy: copyOf(second), copy_before: copyOf(first) });
      expect(undo.manifest).toMatchObject({ copy: copyOf(first), copy_before: copyOf(second) });
      expect(redo.manifest).toMatchObject({ copy: copyOf(second), copy_before: copyOf(first) });
    });

    it('keeps the pairs: the next refresh makes the same', async () => {
      const { refresh } = await undoTwice(world);

      const next = await world.run('nightly');

      expectRefreshed(next);
      const pairs = ({ manifest }: RunReport) =>
        manifest.pairs.map(({ source, target }) => [source.id, target.id]);
      expect(pairs(next)).toEqual(pairs(refresh));
    });

    it('is a dry run without execute', async () => {
      await world.run('nightly');

      const report = await world.run('nightly', { undo: true, execute: false });

      expect(report.manifest).toMatchObject({
        mode: 'undo',
        status: 'PLANNED',
        target: 'untouched',
        execute_with: { refresh: 'nightly', execute: true, undo: true },
      });
      expect(report.after).toEqual(report.before);
    });

    it('has nothing to do before the first refresh', async () => {
      expectRefused(await world.run('nightly', { undo: true }), 'NothingToUndo');
    });

    it('is put back itself where it fails', async () => {
      const refresh = await world.run('nightly');
      world.addFaults({
        method: 'POST',
        path: '/volumes/batch',
        effect: { status: 400, body: { errors: [{ context: null, message: 'Not now.' }] } },
      });

      const undo = await world.run('nightly', { undo: true });

      expectFailure(undo, 'ArrayRequestRefused');
      expect(undo.manifest.target).toBe('restored');
      expect(contents(undo.after)).toEqual(contents(refresh.after));
      // The target holds the refresh still.
      expect(await world.object('manifests/nightly/current.json')).toEqual(refresh.manifest);
    });

    it('is refused while hosts use the target', async () => {
      await world.run('nightly');
      const busy = { reads_per_sec: 0, writes_per_sec: 1 };
      world.simulator.setPerformance('fa-prod', 'dev-data-00', busy);

      const report = await world.run('nightly', { undo: true });

      expectRefused(report, 'TargetInUse');
    });

    it('only clears up where a run has died on the target', async () => {
      world.after('Overwrite Volumes', () => {
        throw new Error('The process is gone.');
      });
      world.before('Roll Back', () => {
        throw new Error('Still gone.');
      });
      const dead = await world.run('nightly');

      const report = await world.run('nightly', { undo: true });

      expect(report.manifest).toMatchObject({
        mode: 'undo',
        status: 'SUCCEEDED',
        target: 'refreshed',
        recovered: { run: dead.run, outcome: 'refreshed' },
      });
      expect(contents(report.after)).toEqual(contents(dead.after));
    });
  });

  describe('the expected plan', () => {
    beforeEach(() => world.define('nightly', definition));

    it('is executed with the event of the dry run', async () => {
      const planned = await world.run('nightly', { execute: false });
      const { execute_with } = planned.manifest;

      const report = await world.execute(execute_with);

      expect(execute_with).toEqual({
        refresh: 'nightly',
        execute: true,
        expect_plan: planned.manifest.plan_hash,
      });
      expectRefreshed(report);
      expect(report.manifest.plan_hash).toBe(planned.manifest.plan_hash);
    });

    it('that has changed is refused, saying what', async () => {
      const planned = await world.run('nightly', { execute: false });
      world.simulator.setMembers('fa-prod', 'dev-pg', [
        'dev-data-01',
        'dev-fra-00',
        'dev-fra-01',
        'dev-data-00',
      ]);
      world.simulator.renameVolume('fa-prod', 'dev-data-00', 'dev-zzz');

      const report = await world.execute(planned.manifest.execute_with);

      expectRefused(report, 'PlanChanged');
      expect(report.manifest.error?.message).toContain(
        'No longer: prd-data-00 (120 GiB) → dev-data-00 (120 GiB), equal',
      );
      expect(report.manifest.error?.message).toContain('Instead: ');
    });

    it('that was never shown here is refused too', async () => {
      const report = await world.run('nightly', { expect_plan: `sha256:${'0'.repeat(64)}` });

      expectRefused(report, 'PlanChanged');
    });

    it('also has to be that of the snapshot as it really is', async () => {
      const planned = await world.run('nightly', { execute: false });
      world.after('Take Snapshot', () =>
        world.simulator.renameVolume('fa-prod', 'dev-fra-01', 'x'),
      );

      const report = await world.execute(planned.manifest.execute_with);

      expectFailure(report, 'TargetChanged');
      expect(report.manifest.target).toBe('untouched');
    });
  });
});

describe('undo on a second array', () => {
  const world = useWorld({ state: replicatedDatabases() });
  beforeEach(() => world.define('nightly', replicatedDefinition));

  it('brings back the previous copy, and asks the first array nothing', async () => {
    const { undo, states } = await undoTwice(world);

    expect(states[2]).toEqual(states[0]);
    expect(undo.requests.filter(({ array }) => array === 'fa-prod')).toEqual([]);
  });
});
