import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import { trustExtraAuthorities } from '../../src/adapters/trust-extra-authorities';

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'hubkeep-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a service whose authority nobody knows is refused with a hint, and accepted once its authority is trusted', async () => {
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile, ...subject],
    {
      stdio: 'ignore',
    },
  );
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (_, answer) => {
    answer.writeHead(403, { 'x-ms-error-code': 'AuthorizationFailure' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const accountUrl = `https://localhost:${(server.address() as AddressInfo).port}/account`;
  try {
    const before = createAzureBlobStore({ accountUrl, sas: 'sv=1' }, 'hubkeep').ensure();
    await expect(before).rejects.toMatchObject({
      code: 'store.unavailable',
      retryable: false,
      hint: expect.stringContaining('EXTRA_CA_FILE'),
    });
    trustExtraAuthorities(certFile);
    const after = createAzureBlobStore({ accountUrl, sas: 'sv=1' }, 'hubkeep').ensure();
    await expect(after).rejects.toMatchObject({ code: 'store.unauthorized' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a file that holds no certificate is config.invalid and says how to convert one', () => {
  const file = join(directory, 'authority.cer');
  writeFileSync(file, Buffer.from([0x30, 0x82, 1, 2]));
  const failure = { code: 'config.invalid', message: expect.stringContaining(file), hint: expect.stringContaining('openssl') };
  expect(() => trustExtraAuthorities(file)).toThrow(expect.objectContaining(failure));
  expect(() => trustExtraAuthorities(join(directory, 'missing.pem'))).toThrow(
    expect.objectContaining({ code: 'config.invalid' }),
  );
  expect(() => trustExtraAuthorities(undefined)).not.toThrow();
});
