import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import { volumeView } from '../views/volume.ts';
import { carryOut, planCopy, provisionedBody, readOverwrite, sourceBody } from './copy-plan.ts';

const volumeBody = z.strictObject({
  source: sourceBody.optional(),
  provisioned: provisionedBody.optional(),
  tags: z.array(tagBody).optional(),
});

/** `POST /volumes`: creates volumes, empty or as copies; with `overwrite=true` copies onto existing ones. */
export const postVolumes: Action = (array, call) => {
  const names = call.query.list('names');
  if (names === undefined) throw refuse('names is required.');
  const overwrite = readOverwrite(call);
  const body = readBody(volumeBody, call.body, call.version, { tags: 39 });
  const tags = (body.tags ?? []).map(readTag);
  const plans = names.map((name) => planCopy(array, { ...body, name, tags }, overwrite, call.now));
  const volumes = plans.map((plan) => carryOut(array, plan, call.now));
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};
