import { describe, expect, it } from 'vitest';
import { readCredentials } from '../../../lambda/refresh/credentials.ts';
import { refusalOf } from '../support/refusals.ts';

const TOKEN = 'c4n4ry-4d2f';
const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const complete = { src_flash_array_host: 'fa-prod.example.com', src_flash_array_api_token: TOKEN };

const read = (secret: unknown, environment = {}) =>
  readCredentials('src', secret, environment, 'secret "arrays"');
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

describe('the credentials of the second array', () => {
  const second = {
    tgt_flash_array_host: 'fa-dr.example.com',
    tgt_flash_array_api_token: TOKEN,
    tgt_flash_array_ca: CA,
  };
  const readSecond = (secret: unknown, environment = {}) =>
    readCredentials('tgt', secret, environment, 'secret "arrays"');

  it('come from keys of their own', () => {
    expect(readSecond({ ...complete, ...second })).toEqual({
      host: 'fa-dr.example.com',
      apiToken: TOKEN,
      ca: CA,
    });
  });

  it('are taken from variables of their own where the secret lacks them', () => {
    const environment = { FA_HOST: 'fa-prod', API_TOKEN: 'another' };
    const standIns = { ...environment, FA_HOST_TGT: 'fa-dr', API_TOKEN_TGT: TOKEN };

    expect(readSecond(complete, standIns)).toEqual({ host: 'fa-dr', apiToken: TOKEN, ca: null });
    expect(refusalOf(() => readSecond(complete, environment))).toEqual({
      name: 'InvalidCredentials',
      message: 'The secret "arrays" has no tgt_flash_array_host and no tgt_flash_array_api_token.',
      remedy: 'Put it there, or set the environment variables FA_HOST_TGT and API_TOKEN_TGT.',
    });
  });

  it('are held to the same rules', () => {
    const refusal = refusalOf(() => readSecond({ ...second, tgt_flash_array_host: 'https://fa' }));

    expect(refusal.message).toContain('tgt_flash_array_host: expected a host name or address');
    expect(refusal.remedy).toContain('FA_HOST_TGT and API_TOKEN_TGT');
    expect(refusal.remedy).toContain('docs/reference.md lists every key.');
  });

  it.each<[string, unknown]>([
    ['a host', { tgt_flash_array_host: 'https://fa-dr/' }],
    ['a token', { tgt_flash_array_api_token: 17 }],
    ['a certificate', { tgt_flash_array_ca: 'none' }],
    ['nothing', { tgt_flash_array_host: '', tgt_flash_array_api_token: null }],
  ])('that are malformed (%s) are not looked at for the first', (_, malformed) => {
    expect(read({ ...complete, ...Object(malformed) }).host).toBe('fa-prod.example.com');
  });

  it('do not suffer from malformed ones of the first', () => {
    const secret = { ...second, src_flash_array_host: '', src_flash_array_ca: 1 };

    expect(readSecond(secret, { FA_HOST: 'https://' }).host).toBe('fa-dr.example.com');
  });

  it.each(['src', 'tgt'] as const)('have no unknown key beside them (%s)', (side) => {
    const secret = { ...complete, ...second, tgt_flash_array_tokn: 'c4n4ry' };
    const refusal = refusalOf(() => readCredentials(side, secret, {}, 'secret "arrays"'));

    expect(refusal.message).toContain('unknown key "tgt_flash_array_tokn"');
    expect(refusal.message).not.toContain('c4n4ry');
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
