import { afterEach, describe, expect, it } from 'vitest';
import { isDemo, readOptions, UsageError } from '../../local/command-line/options.ts';
import { type SimulatedArray, simulateArray } from '../../local/command-line/simulated-array.ts';

const read = (...args: string[]) => readOptions(args, { HOME: '/home/dba' });

describe('the options', () => {
  it.each([[['-r']], [['--replicate']]])('%j asks for replication', (args) => {
    expect(read(...args).replicate).toBe(true);
    expect(read().replicate).toBe(false);
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

  it('are one otherwise', async () => {
    const { definition, secret } = await simulate();

    expect(definition.replicate).toBe(false);
    expect(Object.keys(secret)).toHaveLength(3);
  });
});
