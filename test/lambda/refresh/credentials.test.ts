import { describe, expect, it } from 'vitest';
import { readSourceCredentials } from '../../../lambda/refresh/credentials.ts';
import { refusalOf } from '../support/refusals.ts';

const TOKEN = 'c4n4ry-4d2f';
const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const complete = { src_flash_array_host: 'fa-prod.example.com', src_flash_array_api_token: TOKEN };

const read = (secret: unknown, environment = {}) =>
  readSourceCredentials(secret, environment, 'secret "arrays"');
const refusalFor = (secret: unknown, environment = {}) =>
  refusalOf(() => read(secret, environment));

describe('the credentials of the source array', () => {
  it('come from the secret, whose keys for the other array may be there too', () => {
    const secret = {
      ...complete,
      src_flash_array_ca: CA,
      tgt_flash_array_host: 'fa-dr.example.com',
      tgt_flash_array_api_token: 'another',
      _note: 'renewed in May',
    };

    expect(read(secret, { FA_HOST: 'elsewhere', API_TOKEN: 'elsewise' })).toEqual({
      host: 'fa-prod.example.com',
      apiToken: TOKEN,
      ca: CA,
    });
  });

  it('are taken from the environment where the secret lacks them', () => {
    expect(read({}, { FA_HOST: 'fa-prod', API_TOKEN: TOKEN })).toEqual({
      host: 'fa-prod',
      apiToken: TOKEN,
      ca: null,
    });
    expect(read({ src_flash_array_api_token: TOKEN }, { FA_HOST: 'fa-prod' }).host).toBe('fa-prod');
  });

  it.each([
    'fa',
    '10.0.0.1',
    '127.0.0.1:8443',
    'fa-prod.example.com:443',
    '[::1]',
    '[fe80::1]:443',
  ])('take the host %s', (host) => {
    expect(read({ ...complete, src_flash_array_host: host }).host).toBe(host);
  });

  it.each([
    [{}, 'src_flash_array_host and no src_flash_array_api_token'],
    [{ src_flash_array_host: 'fa' }, 'src_flash_array_api_token'],
    [{ src_flash_array_api_token: TOKEN }, 'src_flash_array_host'],
  ])('are refused where something is missing (%#)', (secret, missing) => {
    expect(refusalFor(secret)).toEqual({
      name: 'InvalidCredentials',
      message: `The secret "arrays" has no ${missing}.`,
      remedy: 'Put it there, or set the environment variables FA_HOST and API_TOKEN.',
    });
  });
});

describe('credentials that cannot be', () => {
  const badHosts = ['https://fa-prod', 'fa-prod/api', 'user@fa-prod', 'fa prod', 'fa:port', ''];

  it.each(badHosts)('a host like %j in the secret: says what is expected', (host) => {
    expect(refusalFor({ ...complete, src_flash_array_host: host }).message).toContain(
      'src_flash_array_host: expected a host name or address, without "https://"',
    );
  });

  it.each(badHosts.filter((host) => host !== ''))(
    'a host like %j in the environment: says the same',
    (host) => {
      const refusal = refusalFor({ src_flash_array_api_token: TOKEN }, { FA_HOST: host });

      expect(refusal).toMatchObject({
        name: 'InvalidCredentials',
        message: expect.stringContaining('expected a host name or address, without "https://"'),
      });
    },
  );

  it('blanks around a token are nobody’s intention, wherever it comes from', () => {
    expect(read({ ...complete, src_flash_array_api_token: ` ${TOKEN}\n` }).apiToken).toBe(TOKEN);
    expect(read({}, { FA_HOST: ' fa-prod\n', API_TOKEN: `${TOKEN}\n` })).toMatchObject({
      host: 'fa-prod',
      apiToken: TOKEN,
    });
  });

  it.each([
    ['unknown key', { ...complete, src_flash_aray_ca: CA }, 'unknown key "src_flash_aray_ca"'],
    ['no certificate', { ...complete, src_flash_array_ca: 'c4n4ry' }, 'in PEM form'],
    ['a number', { ...complete, src_flash_array_api_token: 17 }, 'found a number (not shown)'],
    ['a blank within', { ...complete, src_flash_array_api_token: 'c4n4ry 4d2f' }, 'without blanks'],
    ['a list', [complete], 'expected an object, found a list'],
  ])('%s: is told without a value', (_, secret, problem) => {
    const refusal = refusalFor(secret);

    expect(refusal).toMatchObject({
      name: 'InvalidCredentials',
      message: expect.stringContaining(problem),
    });
    expect(refusal.message).not.toContain('c4n4ry');
  });
});
