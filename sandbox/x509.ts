import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { der } from './der';

export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** The issuer's P-256 key pair; signs with ECDSA and SHA-256. */
  readonly issuerKeys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly validDays: number;
  readonly authority: boolean;
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
}

const oid = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
};

/** Builds and signs an X.509 v3 certificate (RFC 5280), in PEM. */
export function signCertificate(request: CertificateRequest): string {
  const algorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256));
  const unsigned = der.sequence(
    der.context(0, der.integer(Buffer.of(2))),
    der.integer(serialNumber()),
    algorithm,
    distinguishedName(request.issuer),
    validity(request.validDays),
    distinguishedName(request.subject),
    publicKeyInfo(request.publicKey),
    der.context(3, der.sequence(...extensions(request))),
  );
  const signature = sign('sha256', unsigned, request.issuerKeys.privateKey);
  return pem(der.sequence(unsigned, algorithm, der.bitString(signature)));
}

function extensions(request: CertificateRequest): Buffer[] {
  return [
    extension(oid.subjectKeyIdentifier, der.octetString(keyIdentifier(request.publicKey))),
    extension(oid.authorityKeyIdentifier, der.sequence(der.contextPrimitive(0, keyIdentifier(request.issuerKeys.publicKey)))),
    ...(request.authority ? authorityExtensions() : serverExtensions(request)),
  ];
}

function authorityExtensions(): Buffer[] {
  return [
    criticalExtension(oid.basicConstraints, der.sequence(der.boolean(true))),
    // Bits 5 and 6: keyCertSign and cRLSign.
    criticalExtension(oid.keyUsage, der.bitString(Buffer.of(0b0000_0110), 1)),
  ];
}

function serverExtensions({ dnsNames, ips }: CertificateRequest): Buffer[] {
  return [
    criticalExtension(oid.basicConstraints, der.sequence()),
    // Bit 0: digitalSignature, the only use of an ECDSA key in TLS.
    criticalExtension(oid.keyUsage, der.bitString(Buffer.of(0b1000_0000), 7)),
    extension(oid.extendedKeyUsage, der.sequence(der.objectIdentifier(oid.serverAuthentication))),
    extension(
      oid.subjectAlternativeName,
      der.sequence(
        ...dnsNames.map((name) => der.contextPrimitive(2, Buffer.from(name, 'ascii'))),
        ...ips.map((ip) => der.contextPrimitive(7, addressBytes(ip))),
      ),
    ),
  ];
}

function extension(id: string, content: Buffer): Buffer {
  return der.sequence(der.objectIdentifier(id), der.octetString(content));
}

function criticalExtension(id: string, content: Buffer): Buffer {
  return der.sequence(der.objectIdentifier(id), der.boolean(true), der.octetString(content));
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  // DER forbids leading zero bytes in an integer.
  bytes[0] = (bytes[0] ?? 0) | 0x40;
  return bytes;
}

function distinguishedName(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectIdentifier(oid.commonName), der.utf8String(commonName))));
}

function validity(days: number): Buffer {
  const hour = 3_600_000;
  const now = Date.now();
  return der.sequence(der.utcTime(new Date(now - hour)), der.utcTime(new Date(now + days * 24 * hour)));
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyInfo(key)).digest();
}

function addressBytes(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  return ipv6Bytes(ip);
}

function ipv6Bytes(ip: string): Buffer {
  const [head = '', tail] = ip.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
