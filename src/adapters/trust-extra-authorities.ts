import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { HubkeepError } from '../errors/hubkeep-error';

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Trusts the certificates of a PEM file beside those Node trusts already, in every TLS connection made from now on.
 * Throws `config.invalid` when the file cannot be read or holds no certificate. Does nothing without a file.
 */
export function trustExtraAuthorities(file: string | undefined): void {
  if (file === undefined) return;
  setDefaultCACertificates([...getCACertificates('default'), ...readCertificates(file)]);
}

function readCertificates(file: string): string[] {
  try {
    const found = readFileSync(file, 'utf8').match(certificate) ?? [];
    if (found.length === 0) throw new Error('it holds no PEM certificate');
    found.forEach((pem) => new X509Certificate(pem));
    return found;
  } catch (cause) {
    throw new HubkeepError('config.invalid', `EXTRA_CA_FILE: ${file} cannot be used: ${(cause as Error).message}`, {
      hint: 'Give it a PEM file; convert a binary one with: openssl x509 -inform der -in authority.cer -out authority.pem',
      cause,
    });
  }
}
