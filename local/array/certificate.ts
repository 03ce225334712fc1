import './reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface ServerCertificate {
  /** The certificate of the CA, PEM: what a client has to trust. */
  ca: string;
  /** The certificate of the servers, PEM, for 127.0.0.1 and localhost. */
  cert: string;
  /** The private key that belongs to `cert`, PEM. */
  key: string;
}

/** Makes a CA and, with it, a certificate for this machine, for so many days. The key of the CA is forgotten right away. */
export async function makeCertificate(days = 90): Promise<ServerCertificate> {
  const [caKeys, serverKeys] = await Promise.all([makeKeys(), makeKeys()]);
  const validity = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    signingAlgorithm: SIGNING,
  };
  const caKeyId = await SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto);
  const ca = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: '01',
      name: 'CN=flasharray-refresh simulator CA',
      keys: caKeys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        caKeyId,
      ],
    },
    webcrypto,
  );
  const server = await X509CertificateGenerator.create(
    {
      ...validity,
      serialNumber: '02',
      subject: 'CN=flasharray-refresh simulator',
      issuer: ca.subject,
      publicKey: serverKeys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
        ]),
        await SubjectKeyIdentifierExtension.create(serverKeys.publicKey, false, webcrypto),
        new AuthorityKeyIdentifierExtension(caKeyId.keyId),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    ca: ca.toString('pem'),
    cert: server.toString('pem'),
    key: PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

const makeKeys = () => webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
