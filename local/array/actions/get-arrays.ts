import type { Action } from '../rest/call.ts';
import { from } from '../rest/fields.ts';
import { answerList } from '../rest/list-items.ts';
import { ERADICATION_DELAY_MS } from '../store/array-store.ts';
import { SIMULATED_PURITY } from '../views/purity.ts';
import { space } from '../views/space.ts';

/** `GET /arrays`: the array itself. */
export const getArrays: Action = (array, call) =>
  answerList(array, call, {
    objects: [array],
    key: ({ id }) => id,
    view: ({ id, name, sessionIdleMs, capacity, used }) => ({
      id,
      name,
      version: SIMULATED_PURITY,
      os: 'Purity//FA',
      banner: '',
      capacity,
      console_lock_enabled: false,
      idle_timeout: sessionIdleMs,
      ntp_servers: [],
      parity: 1,
      scsi_timeout: 60_000,
      time_zone: 'UTC',
      _as_of: call.now,
      ...from(6, call.version, {
        eradication_config: {
          eradication_delay: ERADICATION_DELAY_MS,
          ...from(10, call.version, { manual_eradication: 'all-enabled' }),
          ...from(26, call.version, {
            enabled_delay: ERADICATION_DELAY_MS,
            disabled_delay: ERADICATION_DELAY_MS,
          }),
        },
      }),
      space: {
        ...space(capacity),
        total_physical: used,
        // In the 2.26 file, and called the successor there; how old it is, is not known.
        ...from(26, call.version, { total_used: used }),
      },
    }),
  });
