import { createByteWriter } from './byte-writer';
import { collation } from './columns';

/** One message of the server: class 10 and below informs, above is an error. */
export interface ServerMessage {
  readonly number: number;
  readonly class: number;
  readonly state: number;
  readonly text: string;
}

export const doneToken = { batch: 0xfd, procedure: 0xfe, inProcedure: 0xff } as const;
export const doneStatus = { final: 0x00, more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;

const selectCommand = 0xc1;
const tds74 = 0x74000004;

export function done(token: number, status: number, rowCount = 0): Buffer {
  return createByteWriter().u8(token).u16(status).u16(selectCommand).u64(BigInt(rowCount)).bytes();
}

export function messageToken(message: ServerMessage, serverName: string): Buffer {
  const content = createByteWriter()
    .i32(message.number)
    .u8(message.state)
    .u8(message.class)
    .longText(message.text)
    .shortText(serverName)
    .shortText('')
    .u32(1);
  return withLength(message.class > 10 ? 0xaa : 0xab, content.bytes());
}

export function returnStatus(value: number): Buffer {
  return createByteWriter().u8(0x79).i32(value).bytes();
}

export const environmentChange = {
  database: (to: string, from: string) => environment(1, createByteWriter().shortText(to).shortText(from).bytes()),
  packetSize: (size: number) => environment(4, createByteWriter().shortText(String(size)).shortText('4096').bytes()),
  collation: () => environment(7, Buffer.concat([Buffer.from([collation.length]), collation, Buffer.from([0])])),
};

export function loginAcknowledgement(version: Buffer): Buffer {
  const tdsVersion = Buffer.alloc(4);
  tdsVersion.writeUInt32BE(tds74);
  return withLength(0xad, createByteWriter().u8(1).raw(tdsVersion).shortText('Microsoft SQL Server').raw(version).bytes());
}

function environment(type: number, content: Buffer): Buffer {
  return withLength(0xe3, Buffer.concat([Buffer.from([type]), content]));
}

function withLength(token: number, content: Buffer): Buffer {
  return createByteWriter().u8(token).u16(content.length).raw(content).bytes();
}
