import type { Manifest } from '../refresh/manifest.ts';
import type { Ended } from './notice.ts';

/** A value of a metric of CloudWatch. */
export interface Measurement {
  readonly name: string;
  readonly unit: 'Seconds' | 'Count' | 'Bytes' | 'None';
  readonly value: number;
}

/** What is measured of a run: of one without a manifest, nothing but that it failed. */
export const measurementsOf = ({ execution, manifest }: Ended): Measurement[] => {
  const failed = {
    name: 'RunsFailed',
    unit: 'Count',
    value: Number(execution.status !== 'SUCCEEDED'),
  } as const;
  if (!manifest) return [failed];
  const { pairs, steps, target, mode, guard } = manifest;
  // Without a guard of its own a run tells of a copy that another has made.
  const copied = target === 'refreshed' && mode === 'refresh' && guard !== null ? pairs : [];
  return [
    failed,
    {
      name: 'Duration',
      unit: 'Seconds',
      value: (execution.stopDate - execution.startDate) / 1_000,
    },
    { name: 'ArrayRequests', unit: 'Count', value: sum(steps.map(({ requests }) => requests)) },
    { name: 'Volumes', unit: 'Count', value: copied.length },
    { name: 'CopiedBytes', unit: 'Bytes', value: sum(copied.map(({ source }) => source.size)) },
    ...replicationLag(manifest),
    ...targetMixed(manifest),
    ...inBackupMode(manifest),
  ];
};

/**
 * Lasts beyond the run, and is over when a later one says 0. One that has neither overwritten the target nor cleared up
 * after another leaves it as it was, mixed or not.
 */
const targetMixed = ({ target, recovered }: Manifest): Measurement[] =>
  target === 'none' || (target === 'untouched' && !recovered?.outcome)
    ? []
    : [{ name: 'TargetMixed', unit: 'None', value: Number(target === 'mixed') }];

/** Lasts in the same way. A run that has nothing to do with backup mode knows nothing of it. */
const inBackupMode = ({ backup_mode, error }: Manifest): Measurement[] => {
  const isLeft = error?.name === 'BackupModeNotEnded';
  if (backup_mode === null && !isLeft) return [];
  const value = Number(isLeft || isOpen(backup_mode));
  return [{ name: 'DatabaseInBackupMode', unit: 'None', value }];
};

const isOpen = (backup: Manifest['backup_mode']): boolean =>
  backup !== null && backup.begun !== null && backup.ended === null;

/** How long the run waited until the snapshot had arrived on the second array, or until it gave up. */
const replicationLag = ({ replication, snapshot }: Manifest): Measurement[] => {
  const hasWaited = replication && (replication.done || replication.waited_seconds > 0);
  if (!hasWaited || !snapshot?.created) return [];
  return [{ name: 'ReplicationLag', unit: 'Seconds', value: replication.waited_seconds }];
};

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
