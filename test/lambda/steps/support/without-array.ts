import type { ObjectStore, Ports } from '../../../../lambda/steps/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const noArray = () => Promise.reject(new Error('This step speaks to no array.'));

/** What a step works with that must not depend on an array. */
export const withoutArray = (store: ObjectStore, more: Partial<Ports> = {}): Ports => ({
  store,
  clock: new ManualClock(),
  executionState: async () => 'unknown',
  lingerSeconds: 600,
  hasOracle: true,
  hookRights: undefined,
  locate: (key) => `s3://bucket/${key}`,
  sourceArray: noArray,
  targetArray: noArray,
  ...more,
});
