/**
 * How long the SDK's clients wait, in milliseconds: without that, a function in a network that leads nowhere waits until
 * its own time is up. Three attempts, as the SDK has them, stay well within a step's time.
 */
export const CLIENT_OPTIONS = {
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
};
