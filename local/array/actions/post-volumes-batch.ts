import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems, type Call } from '../rest/call.ts';
import { ArrayError, refuse } from '../rest/errors.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import { problemOf, testResult } from '../views/test-result.ts';
import { volumeView } from '../views/volume.ts';
import { type CopyRequest, carryOut, planCopy } from './copy-plan.ts';
import { sourceBody } from './post-volumes.ts';

const batchBody = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      source: sourceBody.optional(),
      provisioned: z.int().optional(),
      tags: z.array(tagBody).optional(),
    }),
  )
  .min(1);

/** `POST /volumes/batch`: many copies with their tags in one request; all of them or none. */
export const postVolumesBatch: Action = (array, call) => {
  const { requests, overwrite } = readRequest(call);
  const plans: ReturnType<typeof planCopy>[] = [];
  const entries = requests.flatMap((request) => {
    try {
      plans.push(planCopy(array, request, overwrite));
      return [];
    } catch (error) {
      if (error instanceof ArrayError) return error.entries;
      throw error;
    }
  });
  if (entries.length > 0) throw new ArrayError(400, entries);
  const volumes = plans.map((plan) => carryOut(array, plan, call.now));
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};

/** `POST /volumes/batch/test`: the same without doing it; one result per volume. */
export const testVolumesBatch: Action = (array, call) => {
  const { requests, overwrite } = readRequest(call);
  return answerItems(
    requests.map((request) =>
      testResult(
        array.volumes.named(request.name) ?? { name: request.name },
        problemOf(() => planCopy(array, request, overwrite)),
      ),
    ),
  );
};

function readRequest(call: Call): { requests: CopyRequest[]; overwrite: boolean } {
  const body = readBody(batchBody, call.body, call.version);
  const names = new Set<string>();
  for (const { name } of body) {
    if (names.has(name.toLowerCase())) throw refuse('A volume is in the batch twice.', name);
    names.add(name.toLowerCase());
  }
  const requests = body.map((entry) => ({ ...entry, tags: (entry.tags ?? []).map(readTag) }));
  return { requests, overwrite: call.query.flag('overwrite') === true };
}
