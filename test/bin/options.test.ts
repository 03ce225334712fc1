import { afterEach, describe, expect, it } from 'vitest';
import {
  isDemo,
  readOptions,
  recoveringArguments,
  UsageError,
} from '../../local/command-line/options.ts';
import { type SimulatedArray, simulateArray } from '../../local/command-line/simulated-array.ts';

const read = (...args: string[]) => readOptions(args, { HOME: '/home/dba' });

describe('the options', () => {
  it.each([[['-r']], [['--replicate']]])('%j asks for replication', (args) => {
    expect(read(...args).replicate).toBe(true);
    expect(read().replicate).toBe(false);
  });

  it.each([[['-b']], [['--backup-mode']], [['--backup_mode']]])(
    '%j asks for backup mode',
    (args) => {
      expect(read(...args).backupMode).toBe(true);
      expect(read().backupMode).toBe(false);
    },
  );

  it.each([
    [['-b', '--undo'], '-b'],
    [['-b', '--recover', 'run-1'], '-b'],
    [['-n', 's1', '-b', '--undo'], '-n and -b'],
  ])('%j are refused together', (args, useless) => {
    expect(() => read(...args)).toThrow(`${useless} cannot go with them`);
  });

  it('of a run become those that clear up after it', () => {
    const args = ['-f', 'prod.json', '--target_protection_group=dev-pg', '-r', '-n', 's1', '-bxi'];

    expect(recoveringArguments(args, 'run-1')).toEqual([
      ...['--recover', 'run-1', '--target-protection-group', 'dev-pg'],
      ...['--config-file', 'prod.json', '--replicate', '-x'],
    ]);
  });

  it('know two worked examples', () => {
    expect(read().demo).toBe('local');
    expect(read('--demo', 'replication').demo).toBe('replication');
    expect(isDemo(read('--demo', 'replication'))).toBe(true);
    expect(() => read('--demo', 'oracle')).toThrow(UsageError);
  });
});

describe('the simulated arrays', () => {
  const started: SimulatedArray[] = [];
  afterEach(() => Promise.all(started.splice(0).map((array) => array.stop())));

  const simulate = async (...args: string[]) => {
    const simulated = await simulateArray(read(...args));
    started.push(simulated);
    return simulated.configuration;
  };

  it.each([[['--demo', 'replication']], [['-r']]])(
    'are two with %j, and the example is executed',
    async (args) => {
      const { definition, secret } = await simulate(...args);

      expect(definition).toMatchObject({
        source_protection_group: 'gct-oradb-demo-prd01-pg',
        target_protection_group: 'gct-oradb-demo-dev01-pg',
        replicate: true,
        execute: true,
      });
      expect(Object.keys(secret).toSorted()).toEqual([
        'src_flash_array_api_token',
        'src_flash_array_ca',
        'src_flash_array_host',
        'tgt_flash_array_api_token',
        'tgt_flash_array_ca',
        'tgt_flash_array_host',
      ]);
      expect(secret['tgt_flash_array_host']).not.toBe(secret['src_flash_array_host']);
    },
  );

  it('have a database beside them with -b', async () => {
    const { definition, database } = await simulate('-b');

    expect(definition).toMatchObject({ ora_backup_mode: true, execute: true });
    expect(database).toMatchObject({
      secret: { ora_src_usr: 'refresh' },
      simulator: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
    });
  });

  it('are one otherwise', async () => {
    const { definition, secret, database } = await simulate();

    expect(definition.replicate).toBe(false);
    expect(database).toBeUndefined();
    expect(Object.keys(secret)).toHaveLength(3);
  });
});
