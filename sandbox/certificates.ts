/** Certificates made at start, so that the sandbox is reached over real TLS without a key in the repository. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signCertificate } from './x509';

export interface ServerNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
}

/** A private key and its certificate, both PEM: what `https.createServer` takes. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  readonly caPem: string;
  issue(names: ServerNames): ServerCertificate;
}

/** What every double of the sandbox is reached by. */
export const localNames: ServerNames = {
  commonName: 'localhost',
  dnsNames: ['localhost'],
  ips: ['127.0.0.1', '::1'],
};

const validDays = 365;

/** A certificate authority that lives as long as this process: its private key is never written down. */
export function createCertificateAuthority(name = 'Hubkeep sandbox CA'): CertificateAuthority {
  const issuerKeys = newKeyPair();
  const caPem = signCertificate({
    subject: name,
    issuer: name,
    publicKey: issuerKeys.publicKey,
    issuerKeys,
    validDays,
    authority: true,
    dnsNames: [],
    ips: [],
  });
  return {
    caPem,
    issue({ commonName, dnsNames, ips }) {
      const { publicKey, privateKey } = newKeyPair();
      const cert = signCertificate({
        subject: commonName,
        issuer: name,
        publicKey,
        issuerKeys,
        validDays,
        authority: false,
        dnsNames,
        ips,
      });
      return { key: exportKey(privateKey), cert };
    },
  };
}

/** What SQL Server makes for itself when it has no certificate: signed by nobody but itself. */
export function createSelfSigned({ commonName, dnsNames, ips }: ServerNames = localNames): ServerCertificate {
  const keys = newKeyPair();
  const cert = signCertificate({
    subject: commonName,
    issuer: commonName,
    publicKey: keys.publicKey,
    issuerKeys: keys,
    validDays,
    authority: false,
    dnsNames,
    ips,
  });
  return { key: exportKey(keys.privateKey), cert };
}

function newKeyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function exportKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
