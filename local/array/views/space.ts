import type { JsonObject } from '../rest/json.ts';

/** Nothing is stored here, so nothing but the provisioned size means anything. */
export const space = (provisioned: number): JsonObject => ({
  data_reduction: 1,
  shared: 0,
  snapshots: 0,
  system: 0,
  thin_provisioning: 0,
  total_physical: 0,
  total_provisioned: provisioned,
  total_reduction: 1,
  unique: 0,
  virtual: 0,
});
