import { expect, it } from 'vitest';
import { SecretCache } from '../../../lambda/aws/secret-cache.ts';
import { OpenArrays } from '../../../lambda/handlers/open-arrays.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { rejectionOf } from '../support/refusals.ts';

const open = (read: () => Promise<unknown>, environment = {}) =>
  new OpenArrays(new SecretCache(read, new ManualClock(), 300)).open(
    { id: 'arrays', environment },
    'src',
    null,
    undefined,
  );

it('a secret that cannot be read is a failure that the machine tries again at, and tells nothing of it', async () => {
  const busy = Object.assign(new Error('canary'), { name: 'InternalServiceError' });

  expect(await rejectionOf(open(() => Promise.reject(busy)))).toMatchObject({
    name: 'ArrayUnavailable',
    message:
      'The secret with the credentials of the array could not be read (InternalServiceError).',
  });
});

it('what a secret lacks is taken from the environment that comes with it', async () => {
  const secret = async () => ({ src_flash_array_host: 'fa-prod' });

  expect((await open(secret, { API_TOKEN: 't' })).host).toBe('fa-prod');
  expect(await rejectionOf(open(secret))).toMatchObject({ name: 'InvalidCredentials' });
});
