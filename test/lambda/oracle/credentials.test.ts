import { describe, expect, it } from 'vitest';
import { databaseName } from '../../../lambda/oracle/connect-string.ts';
import { readDatabaseCredentials } from '../../../lambda/oracle/credentials.ts';
import { refusalOf } from '../support/refusals.ts';

const secret = {
  ora_src_usr: 'refresh',
  ora_src_pwd: 'canary-of-a-password',
  ora_src_cs: 'db01:1521/PRD',
};
const read = (given: unknown) => readDatabaseCredentials(given, 'secret "database"');

describe('the secret of the database', () => {
  it('tells where it is and how to log in; SYSBACKUP unless it says otherwise', () => {
    expect(read({ ...secret, _comment: 'ours' })).toEqual({
      user: 'refresh',
      password: 'canary-of-a-password',
      connectString: 'db01:1521/PRD',
      role: 'SYSBACKUP',
    });
  });

  it.each([
    ['SYSDBA', 'SYSDBA'],
    ['sysbackup', 'SYSBACKUP'],
    ['None', 'none'],
  ])('with the role %s', (given, role) => {
    expect(read({ ...secret, ora_src_role: given }).role).toBe(role);
  });

  it('leaves the blanks of a password alone', () => {
    expect(read({ ...secret, ora_src_pwd: ' x ' }).password).toBe(' x ');
  });

  it.each<[string, object]>([
    ['ora_src_usr: expected text, found nothing', { ora_src_usr: undefined }],
    ['ora_src_usr: expected some text', { ora_src_usr: ' ' }],
    ['ora_src_pwd: expected text, found nothing', { ora_src_pwd: undefined }],
    ['ora_src_pwd: expected some text', { ora_src_pwd: '' }],
    ['ora_src_pwd: expected text, found a number (not shown)', { ora_src_pwd: 12_345_678 }],
    ['ora_src_cs: expected text, found nothing', { ora_src_cs: undefined }],
    ['ora_src_cs: expected host:port/service', { ora_src_cs: 'canary-of-a-password' }],
    ['ora_src_cs: expected host:port/service', { ora_src_cs: 'scott/canary-of-a-password@db01' }],
    ['ora_src_role: expected one of SYSBACKUP, SYSDBA, none', { ora_src_role: 'canary' }],
    ['unknown key "ora_tgt_pwd"', { ora_tgt_pwd: 'canary' }],
  ])('is refused with %s, and no value is shown', (problem, change) => {
    const refusal = refusalOf(() => read({ ...secret, ...change }));

    expect(refusal.name).toBe('InvalidCredentials');
    expect(refusal.message).toContain(`The secret "database" is not valid: ${problem}`);
    expect(JSON.stringify(refusal)).not.toMatch(/canary|12345678|scott/);
  });

  it.each([null, 'canary', [], 5])('is refused when it is no object: %j', (given) => {
    const refusal = refusalOf(() => read(given));

    expect(refusal.name).toBe('InvalidCredentials');
    expect(JSON.stringify(refusal)).not.toContain('canary');
  });
});

const descriptor = (...parts: readonly string[]) => `(DESCRIPTION=${parts.join('')})`;

describe('a connect string', () => {
  it.each([
    ['db01/PRD', 'db01/PRD'],
    ['db01:1521/PRD.example.com', 'db01:1521/PRD.example.com'],
    ['//db01:1521/PRD', 'db01:1521/PRD'],
    ['tcps://db01.example.com:2484/PRD', 'db01.example.com:2484/PRD'],
    ['TCP://10.0.0.1/PRD', '10.0.0.1/PRD'],
    ['[fe80::1]:1521/PRD', '[fe80::1]:1521/PRD'],
    ['db01,db02:1521/PRD', 'db01,db02:1521/PRD'],
    ['db01/PRD:dedicated/prd1', 'db01/PRD'],
    ['db01/PRD?wallet_password=canary', 'db01/PRD'],
    [
      descriptor(
        '(ADDRESS=(PROTOCOL=tcps)(HOST=db01)(PORT=2484))',
        '(CONNECT_DATA=(SERVICE_NAME=PRD))(SECURITY=(WALLET_PASSWORD=canary))',
      ),
      'db01:2484/PRD',
    ],
    [
      descriptor(
        '\n  (ADDRESS_LIST = (ADDRESS = (PROTOCOL = TCP)(HOST = db01)))',
        '\n  (CONNECT_DATA = (SID = PRD1))\n',
      ),
      'db01/PRD1',
    ],
  ])('%s is called %s in messages', (text, name) => {
    expect(read({ ...secret, ora_src_cs: text }).connectString).toBe(text);
    expect(databaseName(text)).toBe(name);
  });

  it.each([
    'PRD',
    'config-azure://vault/canary',
    'db01',
    'db01:1521',
    'db01:port/PRD',
    'user/canary@db01/PRD',
    'https://db01/PRD',
    '(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db01)(PORT=1521))',
    descriptor('(ADDRESS=(HOST=db01))'),
    descriptor('(CONNECT_DATA=(SERVICE_NAME=PRD))'),
    `${descriptor('(HOST=db01)(SID=PRD)')} and more`,
  ])('%s is none', (text) => {
    expect(refusalOf(() => read({ ...secret, ora_src_cs: text })).name).toBe('InvalidCredentials');
    expect(databaseName(text)).toBe('(connect string not readable)');
  });
});
