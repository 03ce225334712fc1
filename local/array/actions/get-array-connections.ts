import type { Action } from '../rest/call.ts';
import { from, reference } from '../rest/fields.ts';
import { findAsked } from '../rest/find-objects.ts';
import { connectedArrays } from '../rest/kinds.ts';
import { answerList } from '../rest/list-items.ts';
import { SIMULATED_PURITY } from '../views/purity.ts';

/** `GET /array-connections`: the arrays at the other end, by their names and ids. */
export const getArrayConnections: Action = (array, call) => {
  const asked = findAsked(array, connectedArrays, call, '')?.map(({ id }) => id);
  return answerList(array, call, {
    objects: array.connections.filter((connection) => asked?.includes(connection.array.id) ?? true),
    key: (connection) => connection.array.id,
    view: ({ array: other, link }) => ({
      ...reference(other),
      management_address: null,
      replication_addresses: [],
      replication_transport: 'ip',
      status: link.status,
      throttle: {
        default_limit: null,
        window: { start: null, end: null },
        window_limit: null,
      },
      type: link.type,
      version: SIMULATED_PURITY,
      // Not in 2.38, there in 2.40 (models of the vendor's SDK).
      ...from(40, call.version, {
        os: 'Purity//FA',
        remote: { ...reference(other), resource_type: 'arrays' },
      }),
    }),
  });
};
