import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import type { Call } from '../rest/call.ts';
import { readTag, tagBody, tagList } from '../rest/tag-body.ts';
import {
  type CopyRequest,
  provisionedBody,
  readOverwrite,
  refuseDoubles,
  sourceBody,
} from './copy-request.ts';

const batchBody = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      source: sourceBody.optional(),
      provisioned: provisionedBody.optional(),
      tags: tagList(tagBody).optional(),
    }),
  )
  .min(1);

/** Reads what `POST /volumes/batch` and its dry run take. */
export function readBatch(call: Call): { requests: CopyRequest[]; overwrite: boolean } {
  const body = readBody(batchBody, call.body, call.version);
  refuseDoubles(body.map(({ name }) => name));
  const requests = body.map((entry) => ({ ...entry, tags: (entry.tags ?? []).map(readTag) }));
  return { requests, overwrite: readOverwrite(call) };
}
