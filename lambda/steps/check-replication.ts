import { advanceReplication, requireMovement } from '../refresh/replication.ts';
import type { Run } from '../refresh/run.ts';
import { openArrays } from './arrays.ts';
import { readDocument, requestDocument } from './documents.ts';
import { requireTarget } from './look-at-replication.ts';
import type { Ports } from './ports.ts';
import { prepared, replicationOf, requireExecute, targetArrayName } from './prepared-run.ts';

/**
 * Looks once how far the snapshot has come on the target array. The state machine waits between the looks.
 * @throws ReplicationTimedOut, ReplicationStalled, ReplicationDisallowed
 */
export const checkReplication = async (run: Run, ports: Ports): Promise<Run> => {
  requireExecute(run);
  const before = replicationOf(run);
  const request = await readDocument(ports.store, run.id, requestDocument);
  const { source, target } = await openArrays(ports, request);
  const transfer = await target.transfer(before.snapshot);
  // A transfer that is disallowed is discarded, and then the name is unknown, again or for good.
  if (before.polls > 0 && transfer === undefined) {
    await requireTarget(source, prepared(run).group, targetArrayName(run));
  }
  const replication = advanceReplication(before, transfer);
  requireMovement(replication, {
    timeoutMinutes: request.replication_timeout_minutes,
    stallMinutes: request.replication_stall_minutes,
  });
  return { ...run, replication };
};
