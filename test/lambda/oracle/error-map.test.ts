import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explain, type Undertaking } from '../../../lambda/oracle/error-map.ts';
import { DriverError } from '../../../local/database/driver-error.ts';
import { asRefusal } from '../support/refusals.ts';
import { credentials, PASSWORD } from './support/simulated-database.ts';

const login: Undertaking = { kind: 'connect', credentials };
const statement: Undertaking = { kind: 'execute', sql: 'ALTER DATABASE END BACKUP', credentials };
const withCode = (code: string, text = 'something') => new DriverError(code, `${code}: ${text}`);

describe('a login that fails', () => {
  it.each([
    ['ORA-01017', 'DatabaseLoginRefused'],
    ['ORA-01005', 'DatabaseLoginRefused'],
    ['ORA-28000', 'DatabaseLoginRefused'],
    ['ORA-28001', 'DatabaseLoginRefused'],
    ['ORA-28040', 'DatabaseLoginRefused'],
    ['NJS-116', 'DatabaseLoginRefused'],
    ['ORA-01031', 'DatabasePermissionDenied'],
    ['ORA-01045', 'DatabasePermissionDenied'],
    ['NJS-518', 'DatabaseServiceUnknown'],
    ['NJS-519', 'DatabaseServiceUnknown'],
    ['ORA-12514', 'DatabaseServiceUnknown'],
    ['ORA-12505', 'DatabaseServiceUnknown'],
    ['NJS-515', 'InvalidCredentials'],
    ['NJS-517', 'InvalidCredentials'],
    ['NJS-524', 'InvalidCredentials'],
    ['NJS-138', 'DatabaseNotReady'],
    ['NJS-533', 'DatabaseNotReady'],
    ['NJS-506', 'DatabaseCertificateRefused'],
    ['NJS-508', 'DatabaseCertificateRefused'],
    ['NJS-503', 'DatabaseUnavailable'],
    ['NJS-510', 'DatabaseUnavailable'],
    ['NJS-530', 'DatabaseUnavailable'],
    ['NJS-500', 'DatabaseUnavailable'],
    ['ORA-01033', 'DatabaseUnavailable'],
    ['ORA-01034', 'DatabaseUnavailable'],
    ['ORA-00020', 'DatabaseUnavailable'],
    ['ORA-12541', 'DatabaseUnavailable'],
    ['ORA-99999', 'DatabaseUnavailable'],
  ])('%s: %s', (code, name) => {
    const error = explain(withCode(code), login);

    expect(error).toMatchObject({ name, code });
    expect(asRefusal(error).remedy).toMatch(/\S/);
  });

  it('is told with what the database says, in its first line', () => {
    const error = explain(
      withCode('ORA-01017', 'invalid username/password; logon denied\nHelp: https://…'),
      login,
    );

    expect(asRefusal(error).message).toBe(
      'Database db01.example:1521/PRD refused the login: ORA-01017: invalid username/password; logon denied.',
    );
  });

  it.each([
    ['ORA-12520', 'DatabaseUnavailable', 'ORA-12520'],
    ['ORA-12521', 'DatabaseServiceUnknown', 'ORA-12521'],
    ['refused', 'DatabaseUnavailable', 'NJS-511'],
  ])('since the listener says %s: %s', (cause, name, code) => {
    const refused = withCode(
      'NJS-511',
      `connection was refused. (CONNECTION_ID=x)\nCause: ${cause}`,
    );

    expect(explain(refused, login)).toMatchObject({ name, code });
  });

  it('is told with the code of the system', () => {
    const error = explain(withCode('NJS-503', 'no\nconnect ECONNREFUSED 10.0.0.1:1521'), login);

    expect(asRefusal(error).message).toBe(
      'Database db01.example:1521/PRD gave no answer to the login (NJS-503, ECONNREFUSED).',
    );
  });
});

describe('a statement that fails', () => {
  it.each([
    ['ORA-01031', 'DatabasePermissionDenied'],
    ['ORA-00942', 'DatabasePermissionDenied'],
    ['ORA-41900', 'DatabasePermissionDenied'],
    ['ORA-01123', 'DatabaseNotReady'],
    ['ORA-01109', 'DatabaseNotReady'],
    ['ORA-16000', 'DatabaseNotReady'],
    ['ORA-65040', 'DatabaseNotReady'],
    ['ORA-01146', 'DatabaseInBackupMode'],
    ['ORA-01142', 'DatabaseStatementFailed'],
    ['ORA-00600', 'DatabaseStatementFailed'],
    ['ORA-03113', 'DatabaseUnavailable'],
    ['ORA-01013', 'DatabaseUnavailable'],
    ['NJS-123', 'DatabaseUnavailable'],
    ['NJS-500', 'DatabaseUnavailable'],
    ['NJS-003', 'DatabaseUnavailable'],
    ['NJS-999', 'DatabaseUnavailable'],
    ['overdue', 'DatabaseUnavailable'],
  ])('%s: %s', (code, name) => {
    const error = explain(withCode(code), statement);

    expect(error).toMatchObject({ name, code });
    expect(error.message).toContain('ALTER DATABASE END BACKUP');
  });

  it.each<[string, unknown]>([
    ['unknown failure', 'a text'],
    ['TypeError', new TypeError('x')],
  ])('in no known way: %s', (code, error) => {
    expect(explain(error, statement)).toMatchObject({ name: 'DatabaseUnavailable', code });
  });
});

describe('nothing of the credentials is in an error', () => {
  const connectString = 'db01/PRD?wallet_password=canary-of-a-wallet';
  const secret: Undertaking = { kind: 'connect', credentials: { ...credentials, connectString } };

  it.each([
    withCode('NJS-515', `error in Easy Connect connection string: ${connectString}`),
    withCode('NJS-517', `unable to find "${connectString}" in ${PASSWORD}`),
    withCode('ORA-01017', `${PASSWORD} is not the password`),
    withCode('ORA-00600', `${'x'.repeat(490)}${PASSWORD}`),
    withCode('NJS-999', PASSWORD),
    new Error(PASSWORD),
    PASSWORD,
  ])('%s', (error) => {
    const shown = inspect(explain(error, secret), { depth: 9, showHidden: true });

    expect(shown).toContain('db01/PRD');
    expect(shown).not.toMatch(/canary/);
  });
});
