import type { ArrayError } from '../rest/errors.ts';
import type { JsonObject } from '../rest/json.ts';

/** The schema `TestResultWithResourceWithId`: what a `…/test` endpoint says about one object. */
export const testResult = (
  resource: { id: string; name: string } | undefined,
  name: string,
  error: ArrayError | undefined,
): JsonObject => ({
  component_address: null,
  component_name: null,
  description: null,
  destination: null,
  enabled: null,
  resource: { id: resource?.id ?? null, name: resource?.name ?? name },
  result_details: error?.message ?? null,
  success: error === undefined,
  test_type: null,
});
