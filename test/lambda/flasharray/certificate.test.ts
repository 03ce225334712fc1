import { glob, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { makeCertificate } from '../../../local/array/certificate.ts';
import { listen } from '../../../local/array/listen.ts';
import { rejectionOf } from '../support/refusals.ts';
import { makeSelfSigned } from './support/certificates.ts';
import { sessionWith } from './support/sessions.ts';
import { openingWith, startStubArray, stopStubArrays } from './support/stub-array.ts';

afterEach(async () => {
  vi.unstubAllEnvs();
  await stopStubArrays();
});

const root = fileURLToPath(new URL('../../..', import.meta.url));
const named = z.object({ name: z.string() });
const answering = openingWith(() => ({ body: { items: [] } }));
const listWith = (array: { host: string; ca: string | null }) =>
  sessionWith(array).list('/volumes', {}, named);

describe('the certificate of an array', () => {
  it('is accepted where its authority is the one that the secret has', async () => {
    const stub = await startStubArray(answering);

    await expect(listWith(stub)).resolves.toEqual([]);
  });

  it('is known with its end as soon as there is a connection', async () => {
    const stub = await startStubArray(answering, { certificate: await makeCertificate(10) });
    const session = sessionWith(stub);
    expect(session.certificate).toBeNull();

    await session.list('/volumes', {}, named);

    const days = ((session.certificate?.validTo.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(9.9);
    expect(days).toBeLessThanOrEqual(10);
  });

  it('that vouches for itself can be its own authority', async () => {
    const certificate = await makeSelfSigned('localhost', 1);
    const stub = await startStubArray(answering, { name: 'localhost', certificate });

    await expect(listWith(stub)).resolves.toEqual([]);
  });

  it.each([
    ['of another authority', async () => (await makeCertificate()).ca],
    ['of an authority that no system knows', async () => null],
  ])('is refused: %s', async (_, ca) => {
    const stub = await startStubArray(answering);

    expect(await rejectionOf(listWith({ host: stub.host, ca: await ca() }))).toMatchObject({
      name: 'ArrayCertificateRefused',
      message: expect.stringMatching(
        /^The certificate of array 127\.0\.0\.1:\d+ is not accepted: an authority vouches for it that is not known here \(/,
      ),
      remedy: expect.stringContaining('src_flash_array_ca'),
    });
    expect(stub.requests).toEqual([]);
  });

  it.each([
    ['where the system’s roots apply', async () => null],
    ['where the secret has another', async () => (await makeSelfSigned('localhost', 1)).ca],
  ])('is refused: self-signed, %s', async (_, ca) => {
    const certificate = await makeSelfSigned('localhost', 1);
    const stub = await startStubArray(answering, { name: 'localhost', certificate });

    expect(await rejectionOf(listWith({ host: stub.host, ca: await ca() }))).toMatchObject({
      name: 'ArrayCertificateRefused',
      message: expect.stringContaining('it vouches for itself, and is not the one in the secret'),
      remedy: expect.stringContaining('src_flash_array_ca'),
    });
    expect(stub.requests).toEqual([]);
  });

  it('is refused: for a host of another name', async () => {
    const certificate = await makeSelfSigned('fa-prod.example.com', 1);
    const stub = await startStubArray(answering, { name: 'localhost', certificate });

    expect(await rejectionOf(listWith(stub))).toMatchObject({
      name: 'ArrayCertificateRefused',
      message: expect.stringContaining(
        'it is for a host of another name (ERR_TLS_CERT_ALTNAME_INVALID)',
      ),
      remedy: expect.stringContaining('Name the host in the secret as its certificate does'),
    });
    expect(stub.requests).toEqual([]);
  });

  it('is refused: expired', async () => {
    const certificate = await makeSelfSigned('localhost', -1);
    const stub = await startStubArray(answering, { name: 'localhost', certificate });

    expect(await rejectionOf(listWith(stub))).toMatchObject({
      name: 'ArrayCertificateRefused',
      message: expect.stringContaining('it has expired (CERT_HAS_EXPIRED)'),
      remedy: expect.stringContaining('a new certificate'),
    });
    expect(stub.requests).toEqual([]);
  });

  it('is refused even where Node is told to accept anything', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const stub = await startStubArray(answering);

    expect((await rejectionOf(listWith({ host: stub.host, ca: null }))).name).toBe(
      'ArrayCertificateRefused',
    );
    expect(stub.requests).toEqual([]);
  });

  it('cannot be checked by an authority that is none: it is that which is to be corrected', async () => {
    const stub = await startStubArray(answering);
    const ca = '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n';

    expect(await rejectionOf(listWith({ host: stub.host, ca }))).toMatchObject({
      name: 'ArrayCertificateRefused',
      remedy: expect.stringContaining('src_flash_array_ca'),
    });
    expect(stub.requests).toEqual([]);
  });

  it('has no switch by which it would not be checked', async () => {
    const files = await Array.fromAsync(
      glob('{bin,lib,lambda,local}/**/*.{ts,cjs}', { cwd: root }),
    );
    const switches =
      /rejectUnauthorized(?!: true)|checkServerIdentity|NODE_TLS_REJECT_UNAUTHORIZED(?!=0 in)/;
    const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));

    expect(texts.length).toBeGreaterThan(100);
    expect(files.filter((_, index) => switches.test(texts[index] ?? ''))).toEqual([]);
  });

  it('is not to be had from a server without TLS: the array is unavailable', async () => {
    const server = await listen(createServer(), 0);

    const refusal = await rejectionOf(listWith({ host: `127.0.0.1:${server.port}`, ca: null }));
    await server.stop();

    expect(refusal.name).toBe('ArrayUnavailable');
  });
});
