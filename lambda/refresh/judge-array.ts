import { fail, type Judgement, pass, warn } from './doctor.ts';
import { formatSize } from './volumes.ts';

const DAY_MS = 86_400_000;
const FEW_DAYS = 30;

/** @param validTo the end of the certificate; null where it is not known */
export const judgeCertificate = (validTo: Date | null, now: Date): Judgement => {
  if (validTo === null) return pass('The certificate is accepted.');
  const days = Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
  const text = `The certificate is accepted, and valid for ${days === 1 ? '1 more day' : `${days} more days`}, until ${validTo.toISOString().slice(0, 10)}.`;
  if (days >= FEW_DAYS) return pass(text);
  return warn(
    text,
    'Give the array a new certificate before that day; where it is of another authority, put that into the secret as src_flash_array_ca (of the second array, tgt_flash_array_ca).',
  );
};

/** What refreshes gain by a REST version, with the first one that can do it. */
const gains = [
  ['snapshotTest', 'tries a snapshot without taking it (2.25)'],
  ['batchOverwrite', 'overwrites all volumes in one request (2.32)'],
  ['batchTest', 'tries that without doing it (2.33)'],
  ['snapshotTags', 'takes tags with a group snapshot (2.44)'],
] as const;
type Gain = (typeof gains)[number][0];

/**
 * @param version such as `2.26`
 * @param can what it can do
 * @param isPinned whether the definition asks for it
 */
export const judgeVersion = (
  version: string,
  can: Readonly<Record<Gain, boolean>>,
  isPinned: boolean,
): Judgement => {
  const list = (has: boolean) => gains.flatMap(([key, gain]) => (can[key] === has ? [gain] : []));
  const [able, lacking] = [list(true), list(false)];
  const text = `The array speaks REST ${version}. It ${able.join(', ') || 'overwrites volume by volume'}.`;
  if (can.batchOverwrite) return pass(text);
  return warn(
    `${text} It lacks what a later version does: ${lacking.join(', ')}. A refresh works without, with a request for each volume.`,
    isPinned
      ? 'Take flash_array_api_version out to use the best version that the array offers.'
      : 'Upgrade Purity if many volumes make the overwrite last too long.',
  );
};

const NEARLY_FULL = 80;
const FULL = 95;

/** @param space bytes; null where the array does not tell */
export const judgeSpace = ({
  capacity,
  used,
}: {
  readonly capacity: number | null;
  readonly used: number | null;
}): Judgement => {
  if (capacity === null || used === null || capacity === 0) {
    return warn(
      'The array does not tell the user of this token how full it is.',
      'Look at its capacity there, or give the user the role storage_admin.',
    );
  }
  const percent = (used / capacity) * 100;
  const text = `${percent.toFixed(1)} % of ${formatSize(capacity)} are used.`;
  if (percent <= NEARLY_FULL) return pass(text);
  const remedy =
    'Free space on the array: eradicate what is pending eradication, destroy snapshots that nobody needs. A copy takes up what changes on either side after it.';
  return percent <= FULL ? warn(text, remedy) : fail(text, remedy);
};

/** @param lock the group's `retention_lock`; null where the array does not tell */
export const judgeSafeMode = (group: string, lock: string | null): Judgement => {
  if (lock === null) return pass(`The array tells nothing of SafeMode for "${group}".`);
  if (lock === 'unlocked') return pass(`SafeMode is off for "${group}".`);
  return warn(
    `SafeMode is on for "${group}" (retention_lock is "${lock}"): the array may keep snapshots of it that are one too many.`,
    'Allow for their space, or have Pure Technical Services unlock the group. Refreshes go through; the next one tries again to destroy what was kept.',
  );
};

/** @param status of the connection to that array, over which data can flow; undefined where the version does not tell */
export const judgeConnection = (array: string, status: string | undefined): Judgement =>
  status === undefined || status === 'connected'
    ? pass(`The group may replicate to array "${array}", and the connection is up.`)
    : warn(
        `The connection to array "${array}" is "${status}": data flows, though not over all of its paths.`,
        'Look at the paths of the array connection (purearray list --connect).',
      );

const OLD_DAYS = 7;

/**
 * The newest replica on the second array.
 * @param created milliseconds since epoch, as `now`; null where there is none
 */
export const judgeReplica = (created: number | null, now: number): Judgement => {
  const remedy =
    'The next transfer carries all that has changed since: see that replication_timeout_minutes allows for it, or have the group replicated now.';
  if (created === null) return warn('Nothing of the source group has been replicated yet.', remedy);
  const age = Math.max(0, now - created);
  const time = new Date(created).toISOString();
  const text = `The last replica is of ${time}, ${formatAge(age)} ago.`;
  return age > OLD_DAYS * DAY_MS ? warn(text, remedy) : pass(text);
};

const formatAge = (ms: number): string => {
  const hours = Math.floor(ms / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
};
