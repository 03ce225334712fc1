import { afterEach, describe, expect, it } from 'vitest';
import { findGroups } from '../../../lambda/steps/find-groups.ts';
import {
  lookAtTarget,
  lookAtTargetGroup,
  readGroups,
} from '../../../lambda/steps/look-at-groups.ts';
import type { FlashArray } from '../../../lambda/steps/ports.ts';
import { rejectionOf } from '../support/refusals.ts';
import {
  startSimulatedArray,
  stopSimulatedArrays,
  twoDatabases,
  volume,
} from '../support/simulated-array.ts';

afterEach(stopSimulatedArrays);

type Groups = NonNullable<typeof twoDatabases.protection_groups>;

const withGroups = (...groups: Groups) => ({ ...twoDatabases, protection_groups: groups });
const source = { name: 'prd-pg', volumes: ['prd-fra', 'prd-data'] };
const target = { name: 'dev-pg', volumes: ['dev-fra', 'dev-data'] };

const lookAtGroups = async (array: FlashArray, source: string, target: string | null) => {
  const arrays = { source: array, target: array };
  const names = { source_protection_group: source, target_protection_group: target };
  return readGroups(arrays, await findGroups(arrays, names));
};
const look = async (groups: Groups, targetName: string | null = 'dev-pg') => {
  const { array } = await startSimulatedArray({ state: withGroups(...groups) });
  return lookAtGroups(array, 'prd-pg', targetName);
};
const refusalFor = (...groups: Groups) => rejectionOf(look(groups));

const namesIn = (group: { volumes: readonly { name: string }[] } | null) =>
  group?.volumes.map(({ name }) => name);

describe('the groups of a refresh', () => {
  it('are found with their volumes, in any letter case, in few requests', async () => {
    const { array, requests } = await startSimulatedArray();

    const groups = await lookAtGroups(array, 'PRD-PG', 'Dev-Pg');

    expect(groups.source.name).toBe('prd-pg');
    expect(namesIn(groups.source)).toEqual(['prd-config', 'prd-data', 'prd-fra']);
    expect(groups.target?.name).toBe('dev-pg');
    expect(namesIn(groups.target)).toEqual(['dev-data', 'dev-fra']);
    expect(requests().toSorted()).toEqual([
      'GET /protection-groups',
      'GET /protection-groups/volumes',
      'GET /volumes',
    ]);
  });

  it('may be the source alone', async () => {
    const groups = await look([source], null);

    expect(namesIn(groups.source)).toEqual(['prd-data', 'prd-fra']);
    expect(groups.target).toBeNull();
  });

  it('hold no source volumes that are destroyed', async () => {
    const state = {
      volumes: [
        volume('prd-data', 1),
        volume('prd-old', 1, { destroyed: true }),
        volume('dev-data', 1),
      ],
      protection_groups: [
        { name: 'prd-pg', volumes: ['prd-data', 'prd-old'] },
        { name: 'dev-pg', volumes: ['dev-data'] },
      ],
    };
    const { array } = await startSimulatedArray({ state });

    const groups = await lookAtGroups(array, 'prd-pg', 'dev-pg');

    expect(namesIn(groups.source)).toEqual(['prd-data']);
    expect(namesIn(groups.target)).toEqual(['dev-data']);
  });

  it('made of hosts hold what is connected to these', async () => {
    const groups = await look([{ name: 'prd-pg', hosts: ['prd01'] }, target]);

    expect(namesIn(groups.source)).toEqual(['prd-config', 'prd-data', 'prd-fra']);
  });

  it('made of host groups hold what is connected to these, once each', async () => {
    const { array } = await startSimulatedArray({
      state: {
        ...withGroups({ name: 'prd-pg', host_groups: ['prd'] }, target),
        hosts: [
          { name: 'prd01', volumes: [] },
          { name: 'prd02', volumes: [] },
        ],
        host_groups: [{ name: 'prd', hosts: ['prd01', 'prd02'], volumes: ['prd-data', 'prd-fra'] }],
      },
    });

    expect(namesIn((await lookAtGroups(array, 'prd-pg', 'dev-pg')).source)).toEqual([
      'prd-data',
      'prd-fra',
    ]);
  });
});

describe('a group that will not do', () => {
  it.each<[string, Groups, string]>([
    ['the source', [target], 'prd-pg'],
    ['the target', [source], 'dev-pg'],
  ])('is not there: %s is named', async (_, groups, name) => {
    expect(await refusalFor(...groups)).toMatchObject({
      name: 'ProtectionGroupNotFound',
      message: expect.stringMatching(
        new RegExp(`^There is no protection group "${name}" on array 127\\.0\\.0\\.1:\\d+\\.$`),
      ),
    });
  });

  it('is destroyed', async () => {
    expect(await refusalFor(source, { ...target, destroyed: true })).toMatchObject({
      name: 'ProtectionGroupDestroyed',
      message: 'Protection group "dev-pg" is destroyed and pending eradication.',
    });
  });

  it.each<[string, Groups]>([
    ['prd-pg', [{ name: 'prd-pg' }, target]],
    ['dev-pg', [source, { name: 'dev-pg' }]],
  ])('is empty: %s', async (name, groups) => {
    expect(await refusalFor(...groups)).toMatchObject({
      name: 'ProtectionGroupEmpty',
      message: `Protection group "${name}" has no volumes.`,
    });
  });

  it.each<[string, Groups[number]]>([
    ['hosts', { name: 'dev-pg', hosts: ['dev01'] }],
    ['host groups', { name: 'dev-pg', host_groups: ['dev'] }],
  ])('is a target made of %s', async (_, group) => {
    const { array } = await startSimulatedArray({
      state: { ...withGroups(source, group), host_groups: [{ name: 'dev', hosts: ['dev01'] }] },
    });

    expect((await rejectionOf(lookAtGroups(array, 'prd-pg', 'dev-pg'))).name).toBe(
      'TargetGroupOfHosts',
    );
  });

  it.each<[string, Groups[number]]>([
    ['by name', { name: 'prd-pg', volumes: ['prd-data', 'prd-fra'] }],
    ['through a host', { name: 'prd-pg', hosts: ['prd01'] }],
  ])('is a target that shares volumes with the source %s', async (_, group) => {
    const mixed = { name: 'dev-pg', volumes: ['dev-data', 'prd-fra'] };

    expect(await refusalFor(group, mixed)).toMatchObject({
      name: 'VolumeInBothGroups',
      message: 'In the source group and in the target group at once: "prd-fra".',
    });
  });

  it.each(['2.8', '2.56'])(
    'is a target with destroyed volumes, of which a copy would lack a part (REST %s)',
    async (restVersion) => {
      const { array } = await startSimulatedArray({
        restVersion,
        state: {
          volumes: [
            volume('prd-data', 1),
            volume('dev-data', 1),
            volume('dev-old', 1, { destroyed: true }),
          ],
          protection_groups: [
            { name: 'prd-pg', volumes: ['prd-data'] },
            { name: 'dev-pg', volumes: ['dev-old', 'dev-data'] },
            { name: 'gone-pg', volumes: ['dev-old'] },
          ],
        },
      });
      const refusal = (group: string) => ({
        name: 'TargetDestroyed',
        message: `Destroyed volumes are in target protection group "${group}": "dev-old".`,
        remedy: 'Recover them on the array (purevol recover), or take them out of the group.',
      });

      for (const group of ['dev-pg', 'gone-pg']) {
        const look = lookAtGroups(array, 'prd-pg', group);
        expect(await rejectionOf(look)).toEqual(refusal(group));
        expect(await rejectionOf(lookAtTargetGroup(array, group))).toEqual(refusal(group));
        expect(await rejectionOf(lookAtTarget(array, group))).toEqual(refusal(group));
      }
    },
  );

  it('lost its volumes since', async () => {
    const { array } = await startSimulatedArray({
      state: withGroups(source, { name: 'dev-pg', volumes: [] }),
    });

    expect((await rejectionOf(lookAtTarget(array, 'dev-pg'))).name).toBe('ProtectionGroupEmpty');
  });
});
