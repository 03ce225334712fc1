import { isError, listNames, RefreshError, splitMessage } from '../refresh/errors.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { ArrayVolume, FlashArray } from './ports.ts';
import { refuseBusy } from './refuse-busy.ts';

/**
 * Refuses targets that are in use. That only concerns an execution; a dry run is told.
 * @param names of the volumes
 * @throws TargetInUse
 * @returns warnings
 */
export const refuseUnready = async (
  array: FlashArray,
  names: readonly string[],
  request: RefreshRequest,
): Promise<string[]> => {
  // What uses the target is stopped by them, and only after that it is looked whether it is idle.
  if (request.hooks.before_overwrite.length > 0) return [];
  try {
    await refuseBusy(array, names, request);
    return [];
  } catch (error) {
    if (request.execute || !isError(error, 'TargetInUse')) throw error;
    return [`As it is now, an execution would be refused. ${splitMessage(error.message).message}`];
  }
};

/** Refuses targets that cannot be overwritten. @throws TargetNotWritable */
export const refuseUnwritable = (volumes: readonly ArrayVolume[]): void => {
  const endpoints = volumes.filter(({ subtype }) => subtype === 'protocol_endpoint');
  const demoted = volumes.filter(({ promotion }) => promotion !== null && promotion !== 'promoted');
  const problems = [
    ...describe('Protocol endpoints, which hold no data', endpoints),
    ...describe('Not promoted, so they take no writes', demoted),
  ];
  if (problems.length === 0) return;
  throw new RefreshError(
    'TargetNotWritable',
    `In the target group are volumes that cannot be overwritten. ${problems.join(' ')}`,
    'Take protocol endpoints out of the target protection group; promote the pod of volumes that are demoted.',
  );
};

const describe = (what: string, volumes: readonly ArrayVolume[]): string[] =>
  volumes.length > 0 ? [`${what}: ${listNames(volumes.map(({ name }) => name))}.`] : [];
