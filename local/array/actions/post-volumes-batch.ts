import { attempt } from '../rest/attempt.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { ArrayError } from '../rest/errors.ts';
import { volumeView } from '../views/volume.ts';
import { readBatch } from './batch-request.ts';
import { carryOut, planCopy } from './copy-plan.ts';

/** `POST /volumes/batch`: many copies with their tags in one request; all of them or none. */
export const postVolumesBatch: Action = (array, call) => {
  const { requests, overwrite } = readBatch(call);
  const attempts = requests.map((request) =>
    attempt(() => planCopy(array, request, overwrite, call.now)),
  );
  const entries = attempts.flatMap(({ error }) => error?.entries ?? []);
  if (entries.length > 0) throw new ArrayError(400, entries);
  const volumes = attempts.flatMap(({ value }) =>
    value === undefined ? [] : carryOut(array, value, call.now),
  );
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};
