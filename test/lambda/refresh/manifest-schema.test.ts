import { expect, it } from 'vitest';
import * as z from 'zod';
import { manifestSchema } from '../../../lambda/refresh/manifest.ts';

it('is published as JSON Schema in docs/manifest.schema.json (vitest -u writes it anew)', async () => {
  const published = {
    title: 'Manifest of a run of flasharray-refresh',
    ...z.toJSONSchema(manifestSchema),
  };

  await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/manifest.schema.json',
  );
});
