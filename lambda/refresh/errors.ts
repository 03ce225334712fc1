/**
 * Every error of the product by name, with who has to act on it:
 * `input` – whoever wrote the event, definition, credentials or options; nothing was asked of an array to change;
 * `refused` – what was found on the array, in the bucket or in the source database forbids the refresh; the target is
 * untouched;
 * `array` – the array or the way to it failed;
 * `database` – the source database or the way to it failed;
 * `hook` – a step of the user's own failed.
 * The state machine retries and people search by these names, so they are literals: a minifier renames classes.
 */
export const errorKinds = {
  InvalidEvent: 'input',
  InvalidDefinition: 'input',
  UnknownRefresh: 'input',
  InvalidCredentials: 'input',
  InvalidStepInput: 'input',

  SourceIsTarget: 'refused',
  TargetIsASource: 'refused',
  ProtectionGroupNotFound: 'refused',
  ProtectionGroupDestroyed: 'refused',
  ProtectionGroupEmpty: 'refused',
  TargetGroupOfHosts: 'refused',
  VolumeInBothGroups: 'refused',
  SharedHost: 'refused',
  ExclusionMatchesNothing: 'refused',
  SnapshotDestroyed: 'refused',
  SnapshotVanished: 'refused',
  SnapshotAppeared: 'refused',
  SnapshotWithoutSource: 'refused',
  TargetTooSmall: 'refused',
  PairingIncomplete: 'refused',
  TargetChanged: 'refused',
  TargetDestroyed: 'refused',
  TargetNotWritable: 'refused',
  TargetInUse: 'refused',
  PlanChanged: 'refused',
  NothingToUndo: 'refused',
  RefreshInProgress: 'refused',
  RunStillRunning: 'refused',
  GuardOwnerUnknown: 'refused',
  ReplicationNotConfigured: 'refused',
  ReplicationDisallowed: 'refused',
  ReplicationDisconnected: 'refused',
  ReplicationUnsupported: 'refused',
  ReplicaIncomplete: 'refused',
  ReplicaOutdated: 'refused',
  Interrupted: 'refused',
  RecordsNotKept: 'refused',
  DatabaseNotReady: 'refused',
  DatabaseInBackupMode: 'refused',
  /** What the checks of a doctor have found. */
  DoctorFound: 'refused',

  GuardLost: 'array',
  OverwriteUnverified: 'array',
  RollbackFailed: 'array',
  ReplicationTimedOut: 'array',
  ReplicationStalled: 'array',

  ArrayUnavailable: 'array',
  ArrayThrottled: 'array',
  ArrayCertificateRefused: 'array',
  ArrayLoginRefused: 'array',
  ArrayPermissionDenied: 'array',
  ArrayVersionUnsupported: 'array',
  ArrayObjectNotFound: 'array',
  ArrayRequestRefused: 'array',
  ArrayProtocolError: 'array',

  BackupModeNotEnded: 'database',
  BackupModeUnsure: 'database',
  BackupModeOverdue: 'database',
  DatabaseUnavailable: 'database',
  DatabaseCertificateRefused: 'database',
  DatabaseLoginRefused: 'database',
  DatabasePermissionDenied: 'database',
  DatabaseServiceUnknown: 'database',
  DatabaseStatementFailed: 'database',

  HookFailed: 'hook',
  HookTimedOut: 'hook',
  HookNotSent: 'hook',
} as const;

/** Whether the command line has put this error in place of a step, which was not begun. */
export const isOfCommandLine = (name: string): boolean =>
  name === 'Interrupted' || name === 'RecordsNotKept';

export type ErrorName = keyof typeof errorKinds;
export type ErrorKind = (typeof errorKinds)[ErrorName];

const REMEDY = '\nWhat to do: ';

/**
 * An error that says what was found and what to do about it. Lambda hands only `name` and `message` to the state
 * machine, so the remedy is the message's last line; `splitMessage` takes the two apart again.
 */
export class RefreshError extends Error {
  override readonly name: ErrorName;

  constructor(name: ErrorName, problem: string, remedy: string, options?: ErrorOptions) {
    super(joinMessage(problem, remedy), options);
    this.name = name;
  }
}

/** The problem and the remedy of an error's message; a message of another origin has no remedy. */
export const splitMessage = (message: string): { message: string; remedy: string | null } => {
  const at = message.lastIndexOf(REMEDY);
  if (at < 0) return { message, remedy: null };
  return { message: message.slice(0, at), remedy: message.slice(at + REMEDY.length) };
};

/** The two together again. */
export const joinMessage = (message: string, remedy: string | null): string =>
  remedy === null ? message : `${message}${REMEDY}${remedy}`;

/** Whether `error` is ours and bears one of these names. */
export const isError = (error: unknown, ...names: readonly ErrorName[]): error is RefreshError =>
  error instanceof RefreshError && names.includes(error.name);

/** What an error says went wrong, without the remedy, and nothing of one that is not ours: it may hold a secret. */
export const problemOf = (error: unknown): string =>
  error instanceof RefreshError ? splitMessage(error.message).message : 'unexpected failure.';

/** The kind of an error by its name; undefined when the name is not one of ours. */
export const errorKind = (name: string): ErrorKind | undefined =>
  Object.hasOwn(errorKinds, name) ? errorKinds[name as ErrorName] : undefined;

/** At most `most` of `names`, quoted, for a message: `"a", "b" and 3 more`. */
export const listNames = (names: readonly string[], most = 10): string => {
  const shown = names
    .slice(0, most)
    .map((name) => `"${name}"`)
    .join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
};
