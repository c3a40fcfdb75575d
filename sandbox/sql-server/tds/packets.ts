export const messageType = {
  batch: 0x01,
  rpc: 0x03,
  reply: 0x04,
  attention: 0x06,
  login7: 0x10,
  prelogin: 0x12,
} as const;

export const packetHeaderSize = 8;
const endOfMessage = 0x01;
const serverProcessId = 52;

/** Returns a function that takes bytes as they arrive and reports each whole message. */
export function createMessageReader(onMessage: (type: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  let parts: Buffer[] = [];
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= packetHeaderSize) {
      const size = pending.readUInt16BE(2);
      if (size < packetHeaderSize) throw new Error(`A TDS packet cannot be ${size} bytes long`);
      if (pending.length < size) return;
      const type = pending.readUInt8(0);
      const isLast = (pending.readUInt8(1) & endOfMessage) !== 0;
      parts.push(pending.subarray(packetHeaderSize, size));
      pending = pending.subarray(size);
      if (!isLast) continue;
      const payload = Buffer.concat(parts);
      parts = [];
      onMessage(type, payload);
    }
  };
}

export interface PacketOptions {
  readonly type: number;
  /** Bytes of one packet, header included. */
  readonly packetSize: number;
  /** False for a part of a message that goes on later. */
  readonly last: boolean;
  readonly nextId: () => number;
}

/** Cuts a payload into packets. An empty payload still makes one packet, which is how a message can end. */
export function toPackets(payload: Buffer, options: PacketOptions): Buffer {
  const room = options.packetSize - packetHeaderSize;
  const packets: Buffer[] = [];
  for (let offset = 0; offset === 0 || offset < payload.length; offset += room) {
    const part = payload.subarray(offset, offset + room);
    const header = Buffer.alloc(packetHeaderSize);
    header.writeUInt8(options.type, 0);
    header.writeUInt8(options.last && offset + room >= payload.length ? endOfMessage : 0, 1);
    header.writeUInt16BE(part.length + packetHeaderSize, 2);
    header.writeUInt16BE(serverProcessId, 4);
    header.writeUInt8(options.nextId() & 0xff, 6);
    packets.push(header, part);
  }
  return Buffer.concat(packets);
}
