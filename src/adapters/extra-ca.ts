import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { HubkeepError } from '../errors/hubkeep-error';

/**
 * Makes every TLS client of this thread trust the certificates in a PEM or DER file, beside those trusted already.
 * Connections that are open keep what they trusted. Throws `config.invalid` naming EXTRA_CA_FILE.
 */
export function trustExtraCa(file: string): void {
  const extra = certificatesIn(file).map(String);
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...extra])]);
}

function certificatesIn(file: string): X509Certificate[] {
  const content = readFile(file);
  const blocks = content.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  try {
    return (blocks ?? [content]).map((certificate) => new X509Certificate(certificate));
  } catch (cause) {
    throw new HubkeepError('config.invalid', `EXTRA_CA_FILE ${file} holds no certificate that can be read.`, {
      hint: 'Give the certificate of the authority as PEM (one or more) or DER; not a .pfx and not a private key.',
      cause,
    });
  }
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new HubkeepError('config.invalid', `EXTRA_CA_FILE ${file} cannot be read.`, {
      hint: 'Check the path and that the account Hubkeep runs under may read it.',
      cause,
    });
  }
}
