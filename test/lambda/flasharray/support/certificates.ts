import '../../../../local/array/reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import {
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { ServerCertificate } from '../../../../local/array/certificate.ts';

const DAY_MS = 86_400_000;

/** A certificate that vouches for itself, for a server of this name, which ends so many days from now. */
export async function makeSelfSigned(name: string, daysLeft: number): Promise<ServerCertificate> {
  const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=stub array',
      keys,
      signingAlgorithm: signing,
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter: new Date(Date.now() + daysLeft * DAY_MS),
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const cert = certificate.toString('pem');
  return { ca: cert, cert, key: PemConverter.encode(key, 'PRIVATE KEY') };
}
