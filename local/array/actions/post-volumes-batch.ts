import { type Action, answerItems } from '../rest/call.ts';
import { volumeView } from '../views/volume.ts';
import { readBatch } from './batch-request.ts';
import { carryOut } from './copy-plan.ts';

/** `POST /volumes/batch`: many copies with their tags in one request; all of them or none. */
export const postVolumesBatch: Action = (array, call) => {
  const { requests, overwrite } = readBatch(call);
  const volumes = carryOut(array, requests, overwrite, call.now);
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};
