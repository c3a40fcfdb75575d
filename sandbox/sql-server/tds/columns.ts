import { createByteWriter, type ByteWriter } from './byte-writer';

export type ColumnType = 'int' | 'bigint' | 'bit' | 'float' | 'nvarchar' | 'datetime' | 'numeric' | 'uniqueidentifier';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** `numeric` values are bigint (precision 25, scale 0); `uniqueidentifier` values are the usual text. */
export type Value = number | bigint | boolean | string | Date | null;

/** SQL_Latin1_General_CP1_CI_AS. */
export const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

const numericPrecision = 25;
const daysFrom1900To1970 = 25567;
const millisecondsPerDay = 86_400_000;

export function columnMetadata(columns: readonly Column[]): Buffer {
  const writer = createByteWriter().u8(0x81).u16(columns.length);
  for (const column of columns) {
    writer.u32(0).u16(0x09);
    writeType(writer, column.type);
    writer.shortText(column.name);
  }
  return writer.bytes();
}

export function rowToken(columns: readonly Column[], values: readonly Value[]): Buffer {
  const writer = createByteWriter().u8(0xd1);
  columns.forEach((column, index) => writeValue(writer, column.type, values[index] ?? null));
  return writer.bytes();
}

function writeType(writer: ByteWriter, type: ColumnType): void {
  switch (type) {
    case 'int':
      return void writer.u8(0x26).u8(4);
    case 'bigint':
      return void writer.u8(0x26).u8(8);
    case 'bit':
      return void writer.u8(0x68).u8(1);
    case 'float':
      return void writer.u8(0x6d).u8(8);
    case 'datetime':
      return void writer.u8(0x6f).u8(8);
    case 'numeric':
      return void writer.u8(0x6c).u8(17).u8(numericPrecision).u8(0);
    case 'uniqueidentifier':
      return void writer.u8(0x24).u8(16);
    case 'nvarchar':
      return void writer.u8(0xe7).u16(0xffff).raw(collation);
  }
}

function writeValue(writer: ByteWriter, type: ColumnType, value: Value): void {
  if (value === null) return void (type === 'nvarchar' ? writer.u64(0xffff_ffff_ffff_ffffn) : writer.u8(0));
  switch (type) {
    case 'int':
      return void writer.u8(4).i32(Number(value));
    case 'bigint':
      return void writer.u8(8).u64(BigInt.asUintN(64, BigInt(value as bigint)));
    case 'bit':
      return void writer.u8(1).u8(Number(value));
    case 'float':
      return void writer.u8(8).raw(floatBytes(Number(value)));
    case 'datetime':
      return writeDatetime(writer, value as Date);
    case 'numeric':
      return writeNumeric(writer, BigInt(value as bigint));
    case 'uniqueidentifier':
      return void writer.u8(16).raw(guidBytes(String(value)));
    case 'nvarchar':
      return writeLargeText(writer, String(value));
  }
}

function floatBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function writeDatetime(writer: ByteWriter, value: Date): void {
  const days = Math.floor(value.getTime() / millisecondsPerDay);
  const ticks = Math.round((value.getTime() - days * millisecondsPerDay) * 0.3);
  writer
    .u8(8)
    .i32(days + daysFrom1900To1970)
    .u32(ticks);
}

function writeNumeric(writer: ByteWriter, value: bigint): void {
  const size = value < 0n ? -value : value;
  writer
    .u8(17)
    .u8(value < 0n ? 0 : 1)
    .u64(BigInt.asUintN(64, size))
    .u64(size >> 64n);
}

function writeLargeText(writer: ByteWriter, text: string): void {
  const bytes = Buffer.from(text, 'utf16le');
  writer.u64(BigInt(bytes.length));
  if (bytes.length > 0) writer.u32(bytes.length).raw(bytes);
  writer.u32(0);
}

/** The first three groups of a GUID are stored least significant byte first. */
export function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
