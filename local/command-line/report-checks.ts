import { joinMessage } from '../../lambda/refresh/errors.ts';
import type { Manifest } from '../../lambda/refresh/manifest.ts';
import { table } from './table.ts';

/** Room for messages and remedies, so that the table fits a wide terminal. */
const TEXT_WIDTH = 84;

/** What a doctor's checks have found. */
export const checksTable = ({ doctor }: Manifest): string =>
  doctor.length === 0
    ? ''
    : table(
        ['Check', 'Result', 'What was found'],
        doctor.map(({ check, result, message, remedy }) => [
          check,
          result,
          joinMessage(message, remedy),
        ]),
        { widths: [null, null, TEXT_WIDTH] },
      );

/** How they ended where none failed. */
export const describeChecks = ({ doctor }: Manifest): string => {
  const warned = doctor.filter(({ result }) => result === 'WARN').length;
  const how = warned === 0 ? 'all is well' : `nothing is in the way, ${warned} with a warning`;
  return `CHECKED: ${doctor.length} checks, ${how}. Nothing was changed.`;
};
