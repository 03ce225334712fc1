/** The handlers of both functions: one bundle, one asset. */
export { start } from './handlers/start.ts';
export { step } from './handlers/step.ts';
