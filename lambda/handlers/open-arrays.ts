import type { SecretCache } from '../aws/secret-cache.ts';
import { systemClock } from '../aws/system-clock.ts';
import { RestFlashArray } from '../flasharray/flash-array.ts';
import { Session } from '../flasharray/session.ts';
import { type CredentialsEnvironment, readCredentials, type Side } from '../refresh/credentials.ts';
import type { FlashArray } from '../steps/ports.ts';

/** Opens the arrays of secrets. One that is open serves all that have the same address and the same secret. */
export const openArrays = (secrets: SecretCache, environment: CredentialsEnvironment) => {
  const arrays = new Map<string, FlashArray>();
  return (id: string, side: Side) => {
    const parse = (secret: unknown) => readCredentials(side, secret, environment, `secret "${id}"`);
    return async (pin: string | null): Promise<FlashArray> => {
      const credentials = parse(await secrets.read(id));
      const { host, ca } = credentials;
      const key = JSON.stringify([id, side, host, ca, pin]);
      // What is meant for another address is not shown to this one.
      const tokenFrom = async (secret: Promise<unknown>) => {
        const now = parse(await secret);
        return now.host === host && now.ca === ca ? now.apiToken : credentials.apiToken;
      };
      const array =
        arrays.get(key) ??
        new RestFlashArray(
          new Session(credentials, pin, systemClock, {
            current: () => tokenFrom(secrets.read(id)),
            renewed: () => tokenFrom(secrets.readAgain(id)),
          }),
        );
      arrays.set(key, array);
      return array;
    };
  };
};
