import { RefreshError } from '../refresh/errors.ts';
import { nameKey } from '../refresh/naming.ts';
import type { Run } from '../refresh/run.ts';
import { findReservation, type Reservation, replaceReservation } from './documents.ts';
import { mayBeAtWork } from './may-be-at-work.ts';
import type { ObjectStore, Ports } from './ports.ts';

/**
 * A target belongs to one run from the first hook that prepares it to the last that follows on the overwrite: what one run
 * starts there, another must not be overwriting. The guard, which holds it in between, is taken after the first and released
 * before the last. Reservations lie in the bucket, so they are about runs of one deployment.
 */

/** Refuses a target that another run has reserved which may be at work. @throws RefreshInProgress */
export const refuseReserved = async (run: Run, ports: Ports): Promise<void> => {
  await findUnreserved(run, ports);
};

/** @returns the version of the reservation that may be written over; undefined where there is none */
const findUnreserved = async (run: Run, ports: Ports): Promise<string | undefined> => {
  const { value: found, version } = await findReservation(ports.store, keyOf(run));
  if (found && (await isHeldByOther(found, run, ports))) throw reservedBy(run, found);
  return version;
};

/**
 * Reserves the target for the run, if it has not.
 * @throws RefreshInProgress where another has, or was faster
 */
export const reserveTarget = async (run: Run, ports: Ports): Promise<void> => {
  const { store, clock } = ports;
  const version = await findUnreserved(run, ports);
  const reservation = {
    run: run.id,
    execution: run.execution,
    reserved: clock.now().toISOString(),
    is_over: false,
  };
  // One that came in between may be of another attempt of this run.
  if (!(await replaceReservation(store, keyOf(run), reservation, version)))
    await requireReservation(run, ports);
};

/** @throws RefreshInProgress where the target is reserved for another run by now */
export const requireReservation = async (run: Run, { store }: Ports): Promise<void> => {
  const { value: found } = await findReservation(store, keyOf(run));
  if (!found || found.execution !== run.execution) throw reservedBy(run, found);
};

/** Gives the target free, if it is the run's. Where that fails, it is free as soon as the execution has ended. */
export const endReservation = async (run: Run, store: ObjectStore): Promise<void> => {
  if (run.target_protection_group === null) return;
  try {
    const { value: found, version } = await findReservation(store, keyOf(run));
    if (!found || found.is_over || found.execution !== run.execution) return;
    await replaceReservation(store, keyOf(run), { ...found, is_over: true }, version);
  } catch {
    // What is to be recorded has been, which matters more.
  }
};

const isHeldByOther = async (
  { execution, reserved, is_over }: Reservation,
  run: Run,
  ports: Ports,
): Promise<boolean> => {
  if (is_over || execution === run.execution) return false;
  return await mayBeAtWork(execution, Date.parse(reserved), ports);
};

const reservedBy = (run: Run, found: Reservation | undefined): RefreshError =>
  new RefreshError(
    'RefreshInProgress',
    `Protection group "${run.target_protection_group}" is reserved by run "${found?.run ?? 'unknown'}" for its hooks.`,
    'Wait until that has ended, then run again.',
  );

/** By the array that the target is on: equal names on two arrays are two groups. */
const keyOf = ({ target_array, source_array, target_protection_group: group }: Run): string => {
  const array = (target_array ?? source_array)?.name ?? '';
  return [array, group ?? ''].map((name) => encodeURIComponent(nameKey(name))).join('/');
};
