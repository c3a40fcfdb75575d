import type { Value } from './columns';

/** One call of sp_executesql: its statement and its parameters, by name in lower case and without `@`. */
export interface RpcRequest {
  readonly statement: string;
  readonly parameters: ReadonlyMap<string, Value>;
}

const executeSqlId = 10;
const nameIsNumber = 0xffff;

/** Reads an RPC message. Throws for any procedure but sp_executesql and for types clients of the sandbox do not send. */
export function readRpc(payload: Buffer): RpcRequest {
  const cursor = { at: payload.readUInt32LE(0) };
  const procedure = readProcedureName(payload, cursor);
  cursor.at += 2;
  if (procedure !== 'sp_executesql') throw new Error(`Procedure ${procedure} cannot be called by RPC here`);
  const values: { name: string; value: Value }[] = [];
  while (cursor.at < payload.length) values.push(readParameter(payload, cursor));
  const [statement, , ...rest] = values;
  return {
    statement: String(statement?.value ?? ''),
    parameters: new Map(rest.map(({ name, value }) => [name.replace(/^@/, '').toLowerCase(), value])),
  };
}

interface Cursor {
  at: number;
}

function readProcedureName(payload: Buffer, cursor: Cursor): string {
  const length = takeU16(payload, cursor);
  if (length !== nameIsNumber) return takeText(payload, cursor, length).toLowerCase();
  const id = takeU16(payload, cursor);
  return id === executeSqlId ? 'sp_executesql' : `#${id}`;
}

function readParameter(payload: Buffer, cursor: Cursor): { name: string; value: Value } {
  const name = takeText(payload, cursor, takeU8(payload, cursor));
  cursor.at += 1;
  return { name, value: readTyped(payload, cursor) };
}

function readTyped(payload: Buffer, cursor: Cursor): Value {
  const type = takeU8(payload, cursor);
  switch (type) {
    case 0x26:
      cursor.at += 1;
      return readInteger(take(payload, cursor, takeU8(payload, cursor)));
    case 0x68: {
      cursor.at += 1;
      const bytes = take(payload, cursor, takeU8(payload, cursor));
      return bytes.length === 0 ? null : bytes[0] === 1;
    }
    case 0x6d: {
      cursor.at += 1;
      const bytes = take(payload, cursor, takeU8(payload, cursor));
      return bytes.length === 8 ? bytes.readDoubleLE() : bytes.length === 4 ? bytes.readFloatLE() : null;
    }
    case 0xe7:
    case 0xef:
      return readText(payload, cursor, 'utf16le');
    case 0xa7:
    case 0xaf:
      return readText(payload, cursor, 'latin1');
    default:
      throw new Error(`A parameter of type 0x${type.toString(16)} is not understood here`);
  }
}

function readInteger(bytes: Buffer): Value {
  if (bytes.length === 0) return null;
  return bytes.length === 8 ? bytes.readBigInt64LE() : bytes.readIntLE(0, bytes.length);
}

function readText(payload: Buffer, cursor: Cursor, encoding: BufferEncoding): Value {
  const maximum = takeU16(payload, cursor);
  cursor.at += 5;
  if (maximum === 0xffff) return readLargeText(payload, cursor, encoding);
  const length = takeU16(payload, cursor);
  return length === 0xffff ? null : take(payload, cursor, length).toString(encoding);
}

function readLargeText(payload: Buffer, cursor: Cursor, encoding: BufferEncoding): Value {
  const total = payload.readBigUInt64LE(cursor.at);
  cursor.at += 8;
  if (total === 0xffff_ffff_ffff_ffffn) return null;
  const chunks: Buffer[] = [];
  for (;;) {
    const length = payload.readUInt32LE(cursor.at);
    cursor.at += 4;
    if (length === 0) return Buffer.concat(chunks).toString(encoding);
    chunks.push(take(payload, cursor, length));
  }
}

function take(payload: Buffer, cursor: Cursor, length: number): Buffer {
  cursor.at += length;
  return payload.subarray(cursor.at - length, cursor.at);
}

function takeU8(payload: Buffer, cursor: Cursor): number {
  return take(payload, cursor, 1).readUInt8();
}

function takeU16(payload: Buffer, cursor: Cursor): number {
  return take(payload, cursor, 2).readUInt16LE();
}

function takeText(payload: Buffer, cursor: Cursor, characters: number): string {
  return take(payload, cursor, characters * 2).toString('utf16le');
}
