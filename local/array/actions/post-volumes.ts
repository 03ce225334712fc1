import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import { readTag, tagBody } from '../rest/tag-body.ts';
import { volumeView } from '../views/volume.ts';
import { carryOut, planCopy } from './copy-plan.ts';

export const sourceBody = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
});

const volumeBody = z.strictObject({
  source: sourceBody.optional(),
  provisioned: z.int().min(1_048_576).max(4_503_599_627_370_496).multipleOf(512).optional(),
  tags: z.array(tagBody).optional(),
});

/** `POST /volumes`: creates volumes, empty or as copies; with `overwrite=true` copies onto existing ones. */
export const postVolumes: Action = (array, call) => {
  const names = call.query.list('names');
  if (names === undefined) throw refuse('names is required.');
  const overwrite = call.query.flag('overwrite') === true;
  if (overwrite && call.query.flag('with_default_protection') !== undefined) {
    throw refuse('with_default_protection cannot be provided when overwrite is true.');
  }
  const body = readBody(volumeBody, call.body, call.version, { tags: 39 });
  const tags = (body.tags ?? []).map(readTag);
  const plans = names.map((name) => planCopy(array, { ...body, name, tags }, overwrite));
  const volumes = plans.map((plan) => carryOut(array, plan, call.now));
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};
