import type { Check } from '../refresh/doctor.ts';
import type { Manifest } from '../refresh/manifest.ts';

const failedOf = ({ doctor }: Manifest): readonly Check[] =>
  doctor.filter(({ result }) => result === 'FAIL');

/** Whether the run failed because of checks, and the manifest has them. */
export const hasFailedChecks = (manifest: Manifest | undefined): manifest is Manifest =>
  manifest?.error?.name === 'DoctorFound' && failedOf(manifest).length > 0;

export const countFailed = (manifest: Manifest): string =>
  `${failedOf(manifest).length} of ${manifest.doctor.length} checks failed`;

/** Each check that failed with what to do about it: who reads a mail has no manifest at hand. */
export const tellFailed = (manifest: Manifest): string[] => [
  '',
  `What went wrong: DoctorFound. ${countFailed(manifest)}.`,
  ...failedOf(manifest).flatMap(({ check, message, remedy }) => [
    '',
    `${check}: ${message}`,
    ...(remedy === null ? [] : [`What to do: ${remedy}`]),
  ]),
  '',
  `All checks are in the manifest, under "doctor". To have them made again, send { "refresh": "${manifest.refresh}", "doctor": true }.`,
];
