/** The handlers of the functions that speak to arrays and to AWS: one bundle, one asset. */
export { start } from './handlers/start.ts';
export { step } from './handlers/step.ts';
