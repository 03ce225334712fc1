import { systemClock } from '../../lambda/aws/system-clock.ts';
import { RestFlashArray } from '../../lambda/flasharray/flash-array.ts';
import { Session } from '../../lambda/flasharray/session.ts';
import type { RunningSimulator } from '../../local/array/simulator.ts';

/** What a person does on the first array by hand, with the array's own tools. */
export const byHand = async (
  { arrays }: RunningSimulator,
  act: (array: RestFlashArray) => Promise<void>,
): Promise<void> => {
  const [array] = arrays;
  if (!array) throw new Error('There is no array.');
  const credentials = { host: array.host, apiToken: array.api_token, ca: array.ca };
  const client = new RestFlashArray(new Session(credentials, null, systemClock));
  await act(client);
  await client.logOut();
};
