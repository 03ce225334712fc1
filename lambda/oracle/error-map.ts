import type { ErrorName } from '../refresh/errors.ts';
import { databaseName } from './connect-string.ts';
import type { DatabaseCredentials } from './credentials.ts';
import { DatabaseError } from './database-error.ts';

/** What was tried when a driver failed. */
export interface Undertaking {
  readonly kind: 'connect' | 'query' | 'execute';
  readonly sql?: string;
  readonly credentials: DatabaseCredentials;
}

interface Meaning {
  readonly name: ErrorName;
  readonly remedy: string;
}

const LOGIN: Meaning = {
  name: 'DatabaseLoginRefused',
  remedy:
    'Check ora_src_usr and ora_src_pwd in the secret. With SYSBACKUP or SYSDBA the user must stand in the password file (v$pwfile_users).',
};
const LOCKED: Meaning = {
  name: 'DatabaseLoginRefused',
  remedy:
    'Have the account unlocked or its password renewed, then put the password into ora_src_pwd.',
};
const VERIFIER: Meaning = {
  name: 'DatabaseLoginRefused',
  remedy:
    'Set the password of the user again, so that the database keeps it in a form newer than 10G, which is all that this driver can use.',
};
const PERMISSION: Meaning = {
  name: 'DatabasePermissionDenied',
  remedy:
    'GRANT SYSBACKUP to the user and leave ora_src_role at SYSBACKUP; with the role "none", GRANT CREATE SESSION, ALTER DATABASE, ALTER SYSTEM and SELECT on the V_$ views.',
};
const SERVICE: Meaning = {
  name: 'DatabaseServiceUnknown',
  remedy:
    'Check the service in ora_src_cs, and that the instance is up and registered (lsnrctl services).',
};
const CONNECT_STRING: Meaning = {
  name: 'InvalidCredentials',
  remedy: 'Correct ora_src_cs: host:port/service, tcps://host:port/service or (DESCRIPTION=…).',
};
const NOT_READY: Meaning = {
  name: 'DatabaseNotReady',
  remedy: 'Backup mode needs a primary database in ARCHIVELOG mode that is open READ WRITE.',
};
const TOO_OLD: Meaning = {
  name: 'DatabaseNotReady',
  remedy: 'Backup mode through this product needs Oracle Database 12.1 or later.',
};
const ENCRYPTION: Meaning = {
  name: 'DatabaseNotReady',
  remedy:
    'The database insists on native network encryption, which this driver does not speak. Name a TCPS listener in ora_src_cs.',
};
const CONTAINER: Meaning = {
  name: 'DatabaseNotReady',
  remedy:
    'Name a service of the root container (CDB$ROOT) in ora_src_cs, not one of a pluggable database.',
};
const IN_BACKUP_MODE: Meaning = {
  name: 'DatabaseInBackupMode',
  remedy: 'Find out who put it there, and run again when that has ended.',
};
const CERTIFICATE: Meaning = {
  name: 'DatabaseCertificateRefused',
  remedy:
    'The listener needs a certificate of a public authority, in date and with the host name that ora_src_cs uses.',
};
const UNAVAILABLE: Meaning = {
  name: 'DatabaseUnavailable',
  remedy: 'Check the listener, the instance, and the network path from here to it.',
};
const FAILED: Meaning = {
  name: 'DatabaseStatementFailed',
  remedy: 'Act on what the database says, then run again.',
};

const meanings = (meaning: Meaning, ...codes: readonly string[]): [string, Meaning][] =>
  codes.map((code) => [code, meaning]);

/** Texts of the ORA codes: Oracle's error help. Of the NJS codes: lib/errors.js of the driver. */
const MEANING: ReadonlyMap<string, Meaning> = new Map([
  ...meanings(LOGIN, 'ORA-01017', 'ORA-01005', 'ORA-28040', 'NJS-101'),
  ...meanings(LOCKED, 'ORA-28000', 'ORA-28001', 'ORA-28007'),
  ...meanings(VERIFIER, 'NJS-116'),
  ...meanings(PERMISSION, 'ORA-01031', 'ORA-01045', 'ORA-00942', 'ORA-41900'),
  ...meanings(SERVICE, 'ORA-12514', 'ORA-12505', 'ORA-12521', 'NJS-518', 'NJS-519'),
  ...meanings(CONNECT_STRING, 'NJS-125', 'NJS-512', 'NJS-514', 'NJS-515', 'NJS-516', 'NJS-517'),
  ...meanings(CONNECT_STRING, 'NJS-520', 'NJS-522', 'NJS-523', 'NJS-524', 'ORA-12154'),
  ...meanings(NOT_READY, 'ORA-01123', 'ORA-01109', 'ORA-01507', 'ORA-01219', 'ORA-16000'),
  ...meanings(TOO_OLD, 'NJS-138'),
  ...meanings(ENCRYPTION, 'NJS-533', 'ORA-12660'),
  ...meanings(CONTAINER, 'ORA-65040'),
  ...meanings(IN_BACKUP_MODE, 'ORA-01146'),
  ...meanings(CERTIFICATE, 'NJS-505', 'NJS-506', 'NJS-507', 'NJS-508'),
  // Starting up, going down, or full.
  ...meanings(UNAVAILABLE, 'ORA-01033', 'ORA-01034', 'ORA-01089', 'ORA-01090', 'ORA-00018'),
  ...meanings(UNAVAILABLE, 'ORA-00020', 'ORA-02391', 'ORA-12516', 'ORA-12518', 'ORA-12519'),
  ...meanings(UNAVAILABLE, 'ORA-12520', 'ORA-12526', 'ORA-12527', 'ORA-12528'),
  // No way there, or none any more. NJS-500 stands for ORA-03113, ORA-03135 and their like.
  ...meanings(UNAVAILABLE, 'ORA-12170', 'ORA-12541', 'ORA-12543', 'ORA-12545', 'ORA-12547'),
  ...meanings(UNAVAILABLE, 'ORA-03113', 'ORA-03114', 'ORA-03135', 'NJS-003', 'NJS-500', 'NJS-501'),
  ...meanings(UNAVAILABLE, 'NJS-503', 'NJS-504', 'NJS-509', 'NJS-510', 'NJS-511', 'NJS-513'),
  ...meanings(UNAVAILABLE, 'NJS-521', 'NJS-530', 'NJS-536'),
  // Broken off for lack of time: by the driver, by the database on its behalf, by us.
  ...meanings(UNAVAILABLE, 'NJS-123', 'ORA-01013', 'overdue'),
]);

/** The one map from what a driver throws to our errors. Nothing of the credentials but the database's name is in them. */
export const explain = (error: unknown, { kind, sql, credentials }: Undertaking): DatabaseError => {
  const code = codeOf(error);
  // A login that fails for another reason says nothing about any statement.
  const otherwise = kind !== 'connect' && code.startsWith('ORA-') ? FAILED : UNAVAILABLE;
  const { name, remedy } = MEANING.get(code) ?? otherwise;
  const database = `Database ${databaseName(credentials.connectString)}`;
  const what = kind === 'connect' ? 'the login' : sql;
  const said = withoutSecrets(wordsOf(error, code), credentials).slice(0, 500);
  const problem =
    name === 'DatabaseUnavailable'
      ? `${database} gave no answer to ${what} (${said}).`
      : `${database} refused ${what}: ${said}.`;
  return new DatabaseError(name, code, problem, remedy);
};

/** `ORA-12520` inside `NJS-511` says more than that the listener refused. */
const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const inner = /Cause: (ORA-\d{5})/.exec(error.message)?.[1];
  return code === 'NJS-511' && inner !== undefined ? inner : code;
};

/**
 * What the database says is shown, in its first line; the driver's own texts are not, for they quote the connect string.
 * Of those only the system's code, such as ECONNREFUSED, tells more.
 */
const wordsOf = (error: unknown, code: string): string => {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith(`${code}:`) && code.startsWith('ORA-')) {
    return (message.split('\n', 1)[0] ?? code).replace(/\.$/, '');
  }
  const system = /\b(?:E[A-Z]{4,}|ERR_[A-Z_]+|CERT_[A-Z_]+)\b/.exec(message)?.[0];
  return system === undefined ? code : `${code}, ${system}`;
};

/** A database may quote what it was given. */
const withoutSecrets = (text: string, { password }: DatabaseCredentials): string =>
  text.replaceAll(password, '(password)');
