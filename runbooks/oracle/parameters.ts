import { readdirSync } from 'node:fs';

export interface Parameter {
  readonly variable: string;
  readonly description: string;
  /** What the value must look like, or the values there are. */
  readonly pattern: string | string[];
  /** Without one the parameter must be given. */
  readonly default?: string;
}

const PATH = '/[A-Za-z0-9._/-]+';
const NAME = '[A-Za-z][A-Za-z0-9_$#-]*';
const optional = (pattern: string) => `^(${pattern})?$`;
const exactly = (pattern: string) => `^${pattern}$`;
const FILES = '[A-Za-z0-9+._/$#-]+(,[A-Za-z0-9+._/$#-]+)*';

const steps = readdirSync(new URL('steps', import.meta.url))
  .map((file) => file.replace('.sh', ''))
  .sort();

/** The parameters of the documents, and the variables of the scripts that they become. */
export const parameters: Record<string, Parameter> = {
  Step: {
    variable: 'STEP',
    description: 'What is done',
    pattern: steps,
  },
  OracleHome: {
    variable: 'ORACLE_HOME',
    description: 'Home of the target database',
    pattern: exactly(PATH),
  },
  GridHome: {
    variable: 'GRID_HOME',
    description: 'Home of Grid Infrastructure; empty where there is no ASM',
    pattern: optional(PATH),
    default: '',
  },
  OracleSid: {
    variable: 'ORACLE_SID',
    description: 'Instance of the target database on this host',
    pattern: exactly('[A-Za-z][A-Za-z0-9_-]*'),
  },
  AsmSid: {
    variable: 'ASM_SID',
    description: 'ASM instance on this host, such as +ASM1',
    pattern: exactly('\\+[A-Za-z0-9]+'),
    default: '+ASM',
  },
  DbUniqueName: {
    variable: 'DB_UNIQUE_NAME',
    description: 'DB_UNIQUE_NAME of the target database, the name that srvctl knows',
    pattern: exactly(NAME),
  },
  DbName: {
    variable: 'DB_NAME',
    description: 'DB_NAME of the target database, in capitals; from parameters on',
    pattern: optional('[A-Z][A-Z0-9_$#]{0,7}'),
    default: '',
  },
  Storage: {
    variable: 'STORAGE',
    description:
      'Disk groups, or mount points of file systems, on the target volumes, in mount order',
    pattern: exactly('[A-Za-z0-9_$#./-]+( [A-Za-z0-9_$#./-]+)*'),
  },
  Discovery: {
    variable: 'DISCOVERY',
    description: 'How ASM finds its disks: by udev rules, or by the ASM Filter Driver',
    pattern: ['udev', 'afd'],
    default: 'udev',
  },
  ParameterFile: {
    variable: 'PARAMETER_FILE',
    description: 'Text parameter file of the target database on this host; from parameters on',
    pattern: optional(PATH),
    default: '',
  },
  Spfile: {
    variable: 'SPFILE',
    description: 'Where open writes the server parameter file; required for RAC',
    pattern: optional('[A-Za-z0-9+._/$#-]+'),
    default: '',
  },
  SourceDbName: {
    variable: 'SOURCE_DB_NAME',
    description: 'DB_NAME in the copied control file; empty: from the manifest',
    pattern: optional('[A-Z][A-Z0-9_$#]{0,7}'),
    default: '',
  },
  ControlFiles: {
    variable: 'CONTROL_FILES',
    description: 'Control files of the copy, separated by commas; empty: from the manifest',
    pattern: optional(FILES),
    default: '',
  },
  ChangeDbid: {
    variable: 'CHANGE_DBID',
    description: 'Whether rename gives the copy a DBID of its own',
    pattern: ['yes', 'no'],
    default: 'yes',
  },
  OracleUser: {
    variable: 'ORACLE_USER',
    description: 'Owner of the Oracle home',
    pattern: exactly('[a-z_][a-z0-9_-]*'),
    default: 'oracle',
  },
  GridUser: {
    variable: 'GRID_USER',
    description: 'Owner of the Grid home',
    pattern: exactly('[a-z_][a-z0-9_-]*'),
    default: 'grid',
  },
  LockWait: {
    variable: 'LOCK_WAIT',
    description: 'Seconds to wait for another step of the database that is at work on this host',
    pattern: exactly('[0-9]{1,4}'),
    default: '900',
  },
  RefreshRun: {
    variable: 'REFRESH_RUN',
    description: 'The run',
    pattern: exactly('[A-Za-z0-9._:-]+'),
  },
  RefreshManifest: {
    variable: 'REFRESH_MANIFEST',
    description:
      'The manifest of the run: s3://BUCKET/KEY, or the path of a file on this host; for what other parameters leave open',
    pattern: optional('(s3:/)?/[A-Za-z0-9 ._:/@%+=,~-]+'),
    default: '',
  },
  RefreshPairs: {
    variable: 'REFRESH_PAIRS',
    description:
      'Pairs of volumes with the serial number of the target, as JSON, for stop, prove and rescan; empty: from the manifest',
    pattern: optional('\\[[A-Za-z0-9 .:/_{}",\\[\\]-]*\\]'),
    default: '',
  },
};
