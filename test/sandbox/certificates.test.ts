import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { createCertificateAuthority, createSelfSigned, localNames, type ServerCertificate } from '../../sandbox/certificates';

async function handshake(server: ServerCertificate, client: tls.ConnectionOptions): Promise<string> {
  const listener = tls.createServer(server, (socket) => socket.end());
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const socket = tls.connect({ port: (listener.address() as AddressInfo).port, servername: 'localhost', ...client });
  try {
    await once(socket, 'secureConnect');
    return 'accepted';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'refused';
  } finally {
    socket.destroy();
    listener.close();
  }
}

describe('sandbox certificates', () => {
  const authority = createCertificateAuthority();
  const server = authority.issue(localNames);

  it('are issued by the authority and signed with its key', () => {
    const ca = new X509Certificate(authority.caPem);
    const cert = new X509Certificate(server.cert);

    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(cert.ca).toBe(false);
    expect(cert.checkIssued(ca)).toBe(true);
    expect(cert.verify(ca.publicKey)).toBe(true);
    expect(cert.verify(new X509Certificate(createCertificateAuthority().caPem).publicKey)).toBe(false);
  });

  it('carry the names and addresses they were asked for, and no others', () => {
    const cert = new X509Certificate(server.cert);

    expect(cert.checkHost('localhost')).toBe('localhost');
    expect(cert.checkHost('elsewhere')).toBeUndefined();
    expect(cert.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(cert.checkIP('::1')).toBe('::1');
    expect(cert.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('are valid now and belong to the key they come with', () => {
    const cert = new X509Certificate(server.cert);

    expect(cert.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(cert.validToDate.getTime()).toBeGreaterThan(Date.now());
    expect(tls.createSecureContext({ key: server.key, cert: server.cert })).toBeDefined();
  });

  it('pass a TLS handshake that checks them, only with the authority trusted', async () => {
    expect(await handshake(server, { ca: authority.caPem })).toBe('accepted');
    expect(await handshake(server, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await handshake(server, { ca: authority.caPem, servername: 'elsewhere' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('can be self-signed, which a client refuses unless it is told to trust exactly that one', async () => {
    const selfSigned = createSelfSigned();

    expect(await handshake(selfSigned, {})).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await handshake(selfSigned, { ca: selfSigned.cert })).toBe('accepted');
    expect(await handshake(selfSigned, { maxVersion: 'TLSv1.2', ca: selfSigned.cert })).toBe('accepted');
  });
});
