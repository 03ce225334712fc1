import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startBucket } from '../../../local/aws/bucket.ts';
import { Records } from '../../../local/command-line/records.ts';
import { newFolder, removeFolders } from '../../bin/command-line.ts';

afterAll(removeFolders);

it('who clears up after another goes on where nothing can be noted', async () => {
  const bucket = await startBucket('refreshes');
  const dataDir = await newFolder();
  await writeFile(join(dataDir, 'runs'), '');
  const warnings: string[] = [];
  const records = new Records(
    bucket,
    { dataDir, outputFile: undefined, expectPlan: undefined, recover: 'run-1' },
    (text) => warnings.push(text),
  );
  await records.recall('dev-pg');
  await bucket.write('runs/r-1/plan.json', '{}', 'application/json');

  await records.keep();
  await records.keep();

  expect(records.obstacle).toBeUndefined();
  expect(records.losses).toEqual(warnings);
  expect(warnings).toHaveLength(1);
  await bucket.stop();
});
