import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, localNames } from '../../sandbox/certificates';
import { startHttpsServer } from '../../sandbox/https-server';
import { trustExtraCa } from '../../src/adapters/extra-ca';

const directory = mkdtempSync(path.join(os.tmpdir(), 'hubkeep-ca-'));
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

/** The status, or the code of the error, of a request through an agent that keeps connections. */
function request(url: string, agent: https.Agent): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    https
      .get(url, { agent }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

describe('trusting an extra authority', () => {
  it.each([
    ['PEM', (caPem: string) => caPem],
    ['DER', (caPem: string) => new X509Certificate(caPem).raw],
    ['a bundle with text around it', (caPem: string) => `# stamp\r\n${createCertificateAuthority().caPem}\r\n# root\r\n${caPem}`],
  ])('lets clients made before it connect too: %s', async (kind, encode) => {
    const authority = createCertificateAuthority();
    const server = await startHttpsServer({ tls: authority.issue(localNames), answer: () => ({ status: 204 }) });
    const agent = new https.Agent({ keepAlive: true });
    expect(await request(server.url, agent)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');

    trustExtraCa(write(`${kind}.cer`, encode(authority.caPem)));
    expect(await request(server.url, agent)).toBe(204);
    agent.destroy();
    await server.close();
  });

  it.each([
    ['is missing', () => path.join(directory, 'missing.pem')],
    ['is a directory', () => directory],
    ['is no certificate', () => write('text.pem', 'hello')],
    ['is cut off', () => write('cut.pem', createCertificateAuthority().caPem.replace(/\n.{64}\n/, '\n'))],
  ])('names the setting when the file %s', (_reason, file) => {
    expect(() => trustExtraCa(file())).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining('EXTRA_CA_FILE') }),
    );
  });
});
