import { afterAll, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../local/command-line/configuration.ts';
import { readOptions } from '../../../local/command-line/options.ts';
import { newFolder, removeFolders, writeJson } from '../../bin/command-line.ts';

afterAll(removeFolders);

const array = { src_flash_array_host: 'fa', src_flash_array_api_token: 'array-token' };
const database = {
  ora_src_usr: 'refresh-user',
  ora_src_pwd: 'the-password',
  ora_src_cs: 'db01:1521/PRD',
};

/** What becomes of a file that holds this. */
const read = async (document: object, ...args: string[]) => {
  const file = await writeJson(await newFolder(), 'config.json', {
    ...array,
    source_protection_group: 'prd-pg',
    ...document,
  });
  return readConfiguration(file, readOptions(args, { HOME: '/home/dba' }), {});
};

describe('a file that names the source database', () => {
  it('is split into three, and none of its credentials get into the definition or the other secret', async () => {
    const {
      database: access,
      secret,
      definition,
    } = await read({
      ...database,
      ora_src_role: 'SYSDBA',
    });

    expect(access).toEqual({ secret: { ...database, ora_src_role: 'SYSDBA' } });
    expect(secret).toEqual(array);
    for (const value of Object.values(database)) {
      expect(JSON.stringify(definition)).not.toContain(value);
    }
  });

  it.each([
    ['are read', {}, [], { ora_facts: true, ora_backup_mode: false }],
    ['are left alone where it says so', { ora_facts: 'False' }, [], { ora_facts: false }],
    ['come with backup mode', {}, ['-b'], { ora_facts: true, ora_backup_mode: true }],
    [
      'come with it over what it says',
      { ora_backup_mode: false },
      ['-b'],
      { ora_backup_mode: true },
    ],
    ['come with it in the file', { ora_backup_mode: 'True' }, [], { ora_backup_mode: true }],
  ])('has a definition of which facts %s', async (_, document, args, expected) => {
    expect((await read({ ...database, ...document }, ...args)).definition).toMatchObject(expected);
  });

  it.each([
    ['lacks the password', { ora_src_pwd: '' }, 'ora_src_pwd: expected text, found nothing'],
    [
      'gives a connect string that is none',
      { ora_src_cs: 'PRD_ALIAS' },
      'ora_src_cs: expected host',
    ],
    [
      'gives a role that there is not',
      { ora_src_role: 'SYSOPER' },
      'ora_src_role: expected one of',
    ],
    ['gives a number as the password', { ora_src_pwd: 4711 }, 'ora_src_pwd: expected text'],
  ])('is refused where it %s, and shows no value', async (_, document, told) => {
    const mistaken = { ...database, ...document };

    const error = await read(mistaken).catch((thrown: Error) => thrown);

    expect(error).toMatchObject({
      name: 'InvalidCredentials',
      message: expect.stringContaining(told),
    });
    for (const value of Object.values(mistaken).filter(Boolean)) {
      expect(String(error)).not.toContain(String(value));
    }
  });
});

describe('a file that does not', () => {
  const empty = { ora_src_usr: '', ora_src_pwd: null };

  it('has nothing to do with one, also where its keys are empty', async () => {
    const { database: access, definition } = await read(empty);

    expect(access).toBeUndefined();
    expect(definition).toMatchObject({ ora_facts: false, ora_backup_mode: false });
  });

  it.each([
    ['-b', {}, ['-b']],
    ['ora_backup_mode', { ora_backup_mode: true }, []],
    ['ora_facts', { ora_facts: 'True', ...empty }, []],
  ])('is refused with %s, and told what to add', async (wanted, document, args) => {
    await expect(read(document, ...args)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        new RegExp(`For ${wanted} .*ora_src_usr, ora_src_pwd and ora_src_cs.*leave ${wanted} out`),
      ),
    });
  });

  it('can still undo and recover', async () => {
    const document = { target_protection_group: 'dev-pg', ora_backup_mode: true };

    expect(await read(document, '--undo')).toMatchObject({ database: undefined });
    expect(await read(document, '--recover', 'run-1')).toMatchObject({ database: undefined });
  });
});

describe('the group of a recovery', () => {
  it('may be the source group, for a run that only took a snapshot', async () => {
    const { definition } = await read({}, '--recover', 'run-1');

    expect(definition).toMatchObject({ source_protection_group: 'prd-pg' });
    expect(definition.target_protection_group).toBeUndefined();
  });

  it('must be a target group where one is to be put back', async () => {
    await expect(read({}, '--undo')).rejects.toThrow('with -t');
  });
});
