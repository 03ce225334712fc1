import * as z from 'zod';
import { readBody } from '../rest/body.ts';
import { type Action, answerItems } from '../rest/call.ts';
import { refuse } from '../rest/errors.ts';
import { readTag, tagBody, tagList } from '../rest/tag-body.ts';
import { volumeView } from '../views/volume.ts';
import { carryOut } from './copy-plan.ts';
import { provisionedBody, readOverwrite, refuseDoubles, sourceBody } from './copy-request.ts';

const volumeBody = z.strictObject({
  source: sourceBody.optional(),
  provisioned: provisionedBody.optional(),
  tags: tagList(tagBody).optional(),
});

/** `POST /volumes`: creates volumes, empty or as copies; with `overwrite=true` copies onto existing ones. */
export const postVolumes: Action = (array, call) => {
  const names = call.query.list('names');
  if (names === undefined) throw refuse('names is required.');
  refuseDoubles(names);
  const body = readBody(volumeBody, call.body, call.version, { tags: 39 });
  const tags = (body.tags ?? []).map(readTag);
  const requests = names.map((name) => ({ ...body, name, tags }));
  const volumes = carryOut(array, requests, readOverwrite(call), call.now);
  return answerItems(volumes.map(volumeView(array, call.version, call.now)));
};
