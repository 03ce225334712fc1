import * as z from 'zod';
import { parseInput, withoutComments } from '../refresh/parsing.ts';
import { isConnectString } from './connect-string.ts';

/** Administrative privileges to log in with; `none` is an ordinary login. */
const ROLES = ['SYSBACKUP', 'SYSDBA', 'none'] as const;
export type DatabaseRole = (typeof ROLES)[number];

/** Where the source database is and how to log in. */
export interface DatabaseCredentials {
  readonly user: string;
  readonly password: string;
  /** EZConnect (`[tcps://]host[:port]/service`) or a whole `(DESCRIPTION=…)`, over TCP or TCPS. */
  readonly connectString: string;
  readonly role: DatabaseRole;
}

const role = z.preprocess(
  (value) => ROLES.find((name) => name.toLowerCase() === String(value).toLowerCase()) ?? value,
  z.enum(ROLES, { error: `expected one of ${ROLES.join(', ')}` }),
);

/** The database's secret: the Python script's own keys, and the privilege to log in with. */
export const databaseSecretSchema = z.strictObject({
  ora_src_usr: z.string().trim().min(1).describe('User of the source database'),
  ora_src_pwd: z.string().min(1).describe('Its password'),
  ora_src_cs: z
    .string()
    .trim()
    .refine(isConnectString, {
      error:
        'expected host:port/service, tcps://host:port/service or (DESCRIPTION=…) with a host and a service',
    })
    .describe(
      'EZConnect (`[tcps://]host[:port]/service`) or a whole `(DESCRIPTION=…)`, over TCP or TCPS; the service of `CDB$ROOT`',
    ),
  ora_src_role: role
    .default('SYSBACKUP')
    .describe('Administrative privilege to log in with; `none` is an ordinary login'),
});

/**
 * The credentials of the source database, from its secret.
 * @param what where `secret` comes from, for errors
 * @throws InvalidCredentials, never with a value in it
 */
export const readDatabaseCredentials = (secret: unknown, what: string): DatabaseCredentials => {
  const { ora_src_usr, ora_src_pwd, ora_src_cs, ora_src_role } = parseInput(
    databaseSecretSchema,
    withoutComments(secret),
    {
      error: 'InvalidCredentials',
      what,
      remedy:
        'Put a JSON object with ora_src_usr, ora_src_pwd and ora_src_cs there, and ora_src_role where it is not SYSBACKUP.',
    },
  );
  return {
    user: ora_src_usr,
    password: ora_src_pwd,
    connectString: ora_src_cs,
    role: ora_src_role,
  };
};
