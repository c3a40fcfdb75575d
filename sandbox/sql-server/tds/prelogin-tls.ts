import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { messageType, packetHeaderSize, toPackets } from './packets';

const handshakePacketSize = 4096;

export interface TlsFiles {
  /** PEM. */
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** Starts TLS on a socket whose PRELOGIN agreed on it; what is read from the result is plain TDS. */
export function startPreloginTls(socket: Socket, files: TlsFiles): TLSSocket {
  // TLS 1.3 sends session tickets after the handshake, which a client that has left the PRELOGIN framing cannot place.
  const secureContext = createSecureContext({ key: files.key, cert: files.cert, maxVersion: 'TLSv1.2' });
  return new TLSSocket(unwrapHandshake(socket), { isServer: true, secureContext });
}

/** Carries the handshake inside PRELOGIN packets, and bare TLS records from the first one the client sends bare. */
function unwrapHandshake(socket: Socket): Duplex {
  let handshaking = true;
  let pending = Buffer.alloc(0);

  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const options = { type: messageType.prelogin, packetSize: handshakePacketSize, last: true, nextId: () => 0 };
      socket.write(handshaking ? toPackets(chunk, options) : chunk, () => done());
    },
    final(done) {
      socket.end();
      done();
    },
  });

  socket.on('data', (chunk: Buffer) => {
    if (!handshaking) return void duplex.push(chunk);
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= packetHeaderSize) {
      if (pending[0] !== messageType.prelogin) {
        handshaking = false;
        duplex.push(pending);
        return;
      }
      const size = pending.readUInt16BE(2);
      if (pending.length < size) return;
      duplex.push(pending.subarray(packetHeaderSize, size));
      pending = pending.subarray(size);
    }
  });
  socket.on('end', () => duplex.push(null));
  socket.on('close', () => duplex.destroy());
  return duplex;
}
