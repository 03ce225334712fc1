import { describe, expect, it } from 'vitest';
import { refusal, unreachable } from '../../../lambda/flasharray/error-map.ts';
import { asRefusal } from '../support/refusals.ts';

const errors = (...messages: readonly string[]) =>
  JSON.stringify({ errors: messages.map((message) => ({ context: 'prd-1', message })) });
const answered = (status: number, text: string) =>
  asRefusal(refusal({ host: 'fa-prod', call: 'GET /volumes', status, text }));

describe('an answer that is no success', () => {
  it.each<[number, string, string]>([
    [400, errors('Volume does not exist.'), 'ArrayObjectNotFound'],
    [400, errors('VOLUME DOES NOT EXIST'), 'ArrayObjectNotFound'],
    [400, errors('No such volume or snapshot: prd-1'), 'ArrayObjectNotFound'],
    [400, errors('The group could not be found.'), 'ArrayObjectNotFound'],
    [400, errors('Volume already exists.', 'Volume does not exist.'), 'ArrayObjectNotFound'],
    [400, errors('Volume has been destroyed.'), 'ArrayRequestRefused'],
    [400, errors('Volume already exists.'), 'ArrayRequestRefused'],
    [400, '', 'ArrayRequestRefused'],
    [404, errors('Volume does not exist.'), 'ArrayRequestRefused'],
    [409, '{}', 'ArrayRequestRefused'],
    [302, '', 'ArrayRequestRefused'],
    [401, errors('Invalid token.'), 'ArrayLoginRefused'],
    [403, errors('Operation not permitted'), 'ArrayPermissionDenied'],
    [429, '{"message":"API rate limit exceeded"}', 'ArrayThrottled'],
    [500, errors('Internal error.'), 'ArrayUnavailable'],
    [502, '<html>Bad gateway</html>', 'ArrayUnavailable'],
    [503, '', 'ArrayUnavailable'],
  ])('%d %s: %s', (status, text, name) => {
    expect(answered(status, text).name).toBe(name);
  });

  it('means a missing object wherever in a long list it says so', () => {
    const many = Array.from({ length: 20 }, () => 'Volume has been destroyed.');

    expect(answered(400, errors(...many, 'Volume does not exist.')).name).toBe(
      'ArrayObjectNotFound',
    );
  });

  it('is told with everything that the array says, and of which object', () => {
    const said = JSON.stringify({
      errors: [
        { context: 'prd-1', message: 'Volume has been destroyed.' },
        { context: null, message: 'Ask somebody.' },
        { message: null },
      ],
    });

    expect(answered(400, said).message).toBe(
      'Array fa-prod answered GET /volumes with 400: prd-1: Volume has been destroyed. Ask somebody.',
    );
  });

  it('of a gateway is told as well', () => {
    expect(answered(429, '{"message":"API rate limit exceeded"}').message).toBe(
      'Array fa-prod answered GET /volumes with 429: API rate limit exceeded',
    );
  });

  it.each([
    ['HTML', '<html><body>Sign in</body></html>'],
    ['a text', 'internal stack trace'],
    ['JSON of another shape', '{"errors":"internal stack trace"}'],
    ['a list', '["internal stack trace"]'],
  ])('that is %s is not repeated', (_, text) => {
    expect(answered(500, text).message).toBe('Array fa-prod answered GET /volumes with 500');
  });

  it('is told in short', () => {
    expect(answered(400, errors('x'.repeat(5_000))).message.length).toBeLessThan(1_200);
  });
});

describe('no answer', () => {
  const withCode = (code: string) => Object.assign(new Error('secret'), { code });

  it.each([
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s: the certificate is refused', (code) => {
    expect(asRefusal(unreachable('fa-prod', 'GET /volumes', withCode(code)))).toMatchObject({
      name: 'ArrayCertificateRefused',
      message: expect.stringMatching(
        `^The certificate of array fa-prod is not accepted: .+ \\(${code}\\)\\.$`,
      ),
    });
  });

  it.each([
    ['ECONNREFUSED', withCode('ECONNREFUSED')],
    ['ENOTFOUND', withCode('ENOTFOUND')],
    ['UND_ERR_CONNECT_TIMEOUT', withCode('UND_ERR_CONNECT_TIMEOUT')],
    ['UND_ERR_SOCKET', new Error('outer', { cause: withCode('UND_ERR_SOCKET') })],
    ['TimeoutError', new DOMException('late', 'TimeoutError')],
    ['unknown failure', 'a text'],
  ])('%s: the array is unavailable', (code, error) => {
    expect(asRefusal(unreachable('fa-prod', 'GET /volumes', error))).toMatchObject({
      name: 'ArrayUnavailable',
      message: `Array fa-prod gave no answer to GET /volumes (${code}).`,
    });
  });
});
