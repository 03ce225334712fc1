import { attempt } from '../rest/attempt.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { testResult } from '../views/test-result.ts';
import { readBatch } from './batch-request.ts';
import { planCopy } from './copy-plan.ts';

/** `POST /volumes/batch/test`: the dry run of `POST /volumes/batch`, with one result per volume. */
export const testVolumesBatch: Action = (array, call) => {
  const { requests, overwrite } = readBatch(call);
  return answerItems(
    requests.map((request) => {
      const { error } = attempt(() => planCopy(array, request, overwrite, call.now));
      return testResult(array.volumes.named(request.name), request.name, error);
    }),
  );
};
