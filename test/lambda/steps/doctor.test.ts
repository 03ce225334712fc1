import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Check, checkSchema } from '../../../lambda/refresh/doctor.ts';
import type { HookRights } from '../../../lambda/refresh/hooks.ts';
import { manifestSchema } from '../../../lambda/refresh/manifest.ts';
import { prepare } from '../../../lambda/steps/prepare.ts';
import { recordFailure } from '../../../lambda/steps/record-failure.ts';
import { recordResult } from '../../../lambda/steps/record-result.ts';
import { rejectionOf } from '../support/refusals.ts';
import { stopSimulatedArrays, twoDatabases } from '../support/simulated-array.ts';
import { arnOf, type Bench, begun, failedWith, runUpTo, setUp } from './support/bench.ts';
import { setUpReplication } from './support/replication-bench.ts';

afterEach(stopSimulatedArrays);

const asked = (more: object = {}, id = 'nightly-2') => begun({ doctor: true, ...more }, id);

const found = ({ store }: Pick<Bench, 'store'>, id = 'nightly-2'): Check[] =>
  z.array(checkSchema).parse(store.json(`runs/${id}/doctor.json`));
const find = (bench: Pick<Bench, 'store'>, name: string) =>
  found(bench).find(({ check }) => check === name);

describe('on one array a doctor', () => {
  it('makes each check once, keeps them, and changes nothing', async () => {
    const bench = await setUp();

    const run = await recordResult(await prepare(asked(), bench.ports), bench.ports);

    expect(run).toMatchObject({ execute: false, status: 'CHECKED', target: 'untouched' });
    const names = found(bench).map(({ check }) => check);
    expect(names).toContain('source token');
    expect(names).not.toContain('target token');
    expect(new Set(names).size).toBe(names.length);
    expect(bench.changes()).toEqual([]);
    const manifest = manifestSchema.parse(bench.store.json(`${run.manifest}`));
    expect(manifest.doctor).toEqual(found(bench));
    expect(manifest.arrays.source?.name).toBe('fa-prod');
  });

  it('leaves out what is about a target where there is none', async () => {
    const bench = await setUp({ definition: { target_protection_group: undefined } });

    const run = await recordResult(await prepare(asked(), bench.ports), bench.ports);

    expect(run).toMatchObject({ status: 'CHECKED', target: 'none' });
    const names = found(bench).map(({ check }) => check);
    expect(names).toContain('snapshot');
    expect(names).not.toContain('lock');
    expect(names).not.toContain('pairs');
    expect(manifestSchema.parse(bench.store.json(`${run.manifest}`)).arrays).toMatchObject({
      source: { name: 'fa-prod' },
      target: null,
    });
  });

  it('looks anew at an array that was known', async () => {
    const bench = await setUp();
    await prepare(asked(), bench.ports);
    bench.simulator.addFaults([
      { path: '/api/api_version', times: 0, effect: { hang_up: 'before' } },
    ]);

    expect(await rejectionOf(prepare(asked(), bench.ports))).toMatchObject({
      name: 'DoctorFound',
      message: expect.stringContaining('source connection: '),
    });
  });

  it('warns of SafeMode on the source', async () => {
    const [source, ...groups] = twoDatabases.protection_groups ?? [];
    if (!source) throw new Error('There is no source group.');
    const locked = { ...source, retention_lock: 'ratcheted' as const };
    const state = { ...twoDatabases, protection_groups: [locked, ...groups] };
    const bench = await setUp({ state });

    await prepare(asked(), bench.ports);

    expect(find(bench, 'source safemode')?.result).toBe('WARN');
    expect(find(bench, 'target safemode')?.result).toBe('PASS');
  });

  it('sees that a snapshot exists', async () => {
    const bench = await setUp();
    await runUpTo('takeSnapshot', bench);

    await prepare(asked(), bench.ports);

    expect(find(bench, 'snapshot')?.message).toContain('exists');
    expect(find(bench, 'pairs')?.result).toBe('PASS');
  });

  it('warns of a target that a run holds which is at work', async () => {
    const bench = await setUp({ executions: { [arnOf('nightly-1')]: 'alive' } });
    await runUpTo('acquireGuard', bench);

    await prepare(asked(), bench.ports);

    expect(find(bench, 'lock')).toMatchObject({
      result: 'WARN',
      remedy: expect.stringContaining('Wait'),
    });
  });

  it('says what is not looked at, where hooks or the definition have it so', async () => {
    const bench = await setUp({ definition: { require_idle_target: false } });
    await prepare(asked(), bench.ports);
    expect(find(bench, 'use')?.message).toContain('require_idle_target');

    const allowed = await setUp({ definition: { allow_shared_hosts: true } });
    await prepare(asked(), allowed.ports);
    expect(find(allowed, 'hosts')).toBeUndefined();
  });

  it('fails as any run where something is wrong that is no finding', async () => {
    const bench = await setUp();
    const sourceArray = async () => {
      throw new Error('Out of memory');
    };

    await expect(prepare(asked(), { ...bench.ports, sourceArray })).rejects.toThrow(
      'Out of memory',
    );
    expect(bench.store.objects.has('runs/nightly-2/doctor.json')).toBe(false);
  });
});

describe('on two arrays a doctor', () => {
  it('has nothing to say of SafeMode where the group has never come to the second one', async () => {
    const alone = { name: 'prd-pg', volumes: ['prd-data-0', 'prd-data-1', 'prd-config'] };
    const bench = await setUpReplication({ source: { protection_groups: [alone] } });

    expect(await rejectionOf(prepare(asked(), bench.ports))).toMatchObject({ name: 'DoctorFound' });

    expect(find(bench, 'replication')?.result).toBe('FAIL');
    expect(find(bench, 'replica safemode')).toMatchObject({
      result: 'PASS',
      message: expect.stringContaining('"fa-prod:prd-pg" is not on array "fa-dr" yet'),
    });
  });
});

describe('on what hooks call a doctor', () => {
  const command = { name: 'stop', command: ['./stop.sh'] };
  const lambda = { lambda: 'arn:aws:lambda:eu-central-1:123456789012:function:tell' };
  const onMachine = { documents: [], functions: [], commands: true };

  const hooksCheck = async (hook: object, hookRights: HookRights) => {
    const bench = await setUp({ definition: { hooks: { before_overwrite: [hook] } } });
    await prepare(asked(), { ...bench.ports, hookRights }).catch(() => {});
    return find(bench, 'hooks');
  };

  it('fails where the machine lacks a program, with all that one needs to find it', async () => {
    expect(await hooksCheck(command, { ...onMachine, missing: ['./stop.sh'] })).toMatchObject({
      result: 'FAIL',
      message: expect.stringMatching(/hooks\.before_overwrite\[0\] \("stop"\).*"\.\/stop\.sh"/),
      remedy: expect.stringContaining('PATH'),
    });
  });

  it('says whether it has looked them up', async () => {
    expect(await hooksCheck(command, { ...onMachine, missing: ['other'] })).toMatchObject({
      result: 'PASS',
      message: expect.stringContaining('are on this machine'),
    });
    const deployed = { ...onMachine, functions: [lambda.lambda], commands: false };
    expect(await hooksCheck(lambda, deployed)).toMatchObject({
      result: 'PASS',
      message: expect.stringContaining('is not looked up'),
    });
  });
});

describe('a doctor that found something', () => {
  it('has it recorded, and calls no hook on failure', async () => {
    const call = { lambda: 'arn:aws:lambda:eu-central-1:123456789012:function:tell' };
    const bench = await setUp({
      definition: { source_protection_group: 'nowhere-pg', hooks: { on_failure: [call] } },
    });
    const hookRights = { documents: [], functions: [call.lambda], commands: false };
    const ports = { ...bench.ports, hookRights };
    const error: unknown = await prepare(asked(), ports).catch((thrown: unknown) => thrown);
    if (!(error instanceof Error)) throw new Error('It found nothing.');

    const run = await recordFailure(failedWith(asked(), error), ports);

    expect(run).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      has_hooks: { on_failure: false },
    });
    const manifest = manifestSchema.parse(bench.store.json(`${run.manifest}`));
    expect(manifest).toMatchObject({ mode: 'doctor', error: { name: 'DoctorFound' } });
    expect(manifest.doctor).toEqual(found(bench));
    expect(manifest.arrays).toMatchObject({
      source: { name: 'fa-prod' },
      target: { name: 'fa-prod' },
    });
    expect(find(bench, 'hooks')?.result).toBe('PASS');
    expect(bench.changes()).toEqual([]);
  });
});
