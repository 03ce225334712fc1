import { ArrayError } from '../rest/errors.ts';
import { reference } from '../rest/fields.ts';
import type { JsonObject } from '../rest/json.ts';

/** The schema `TestResultWithResourceWithId`: what a `…/test` endpoint says about one object. */
export function testResult(
  resource: { id: string; name: string } | { name: string },
  problem: string | null,
): JsonObject {
  return {
    component_address: null,
    component_name: null,
    description: null,
    destination: null,
    enabled: null,
    resource: 'id' in resource ? reference(resource) : { id: null, name: resource.name },
    result_details: problem,
    success: problem === null,
    test_type: null,
  };
}

/** The array's reason not to do something, or null if it would. */
export function problemOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof ArrayError) return error.message;
    throw error;
  }
}
