import type { ColumnType, Value } from '../tds/columns';
import { sqlError } from '../tsql/sql-error';

const largestInt = 2 ** 31 - 1;

/** What order and equality look at: the server's collation compares text without regard to case. */
export function comparable(value: Value): string | number | bigint | null {
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : value;
}

/** Negative, zero or positive; NULL comes before everything. */
export function order(one: Value, other: Value): number {
  const [a, b] = [comparable(one), comparable(other)];
  if (a === b || (a === null && b === null)) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function convert(value: Value, type: ColumnType): Value {
  if (value === null) return null;
  if (type === 'nvarchar' || type === 'uniqueidentifier') return value instanceof Date ? value.toISOString() : String(value);
  if (type === 'datetime') return value instanceof Date ? value : new Date(`${String(value).replace(' ', 'T')}Z`);
  if (value instanceof Date) throw sqlError(529, 'Explicit conversion from data type datetime to a number is not known here.');
  const numeric = typeof value === 'bigint' ? value : Number(value);
  if (Number.isNaN(numeric)) throw sqlError(245, `Conversion failed when converting the value '${value}' to data type ${type}.`);
  if (type === 'bit') return Number(numeric) !== 0;
  if (type === 'float') return Number(numeric);
  if (type === 'int') return withinInt(Math.trunc(Number(numeric)));
  return typeof numeric === 'bigint' ? numeric : BigInt(Math.trunc(numeric));
}

function withinInt(value: number): number {
  if (Math.abs(value) <= largestInt) return value;
  throw sqlError(8115, 'Arithmetic overflow error converting expression to data type int.', { state: 2 });
}

export function typeOfValue(value: Value): ColumnType {
  if (typeof value === 'number') return Number.isInteger(value) ? (Math.abs(value) <= largestInt ? 'int' : 'bigint') : 'float';
  if (typeof value === 'bigint') return 'bigint';
  if (typeof value === 'boolean') return 'bit';
  return value instanceof Date ? 'datetime' : 'nvarchar';
}

const precedence: readonly ColumnType[] = ['nvarchar', 'bit', 'int', 'bigint', 'numeric', 'float', 'datetime'];

/** The type in which two operands meet. */
export function commonType(one: ColumnType, other: ColumnType): ColumnType {
  return precedence.indexOf(one) >= precedence.indexOf(other) ? one : other;
}

/** `a operator b`, both already of `type`. NULL makes NULL; whole numbers divide without a rest; int overflows with 8115. */
export function calculate(operator: '+' | '-' | '*' | '/', operands: readonly [Value, Value], type: ColumnType): Value {
  const [a, b] = operands;
  if (a === null || b === null) return null;
  if (type === 'nvarchar') {
    if (operator !== '+')
      throw sqlError(402, `The data types nvarchar and nvarchar are incompatible in the ${operator} operator.`);
    return String(a) + String(b);
  }
  if (operator === '/' && Number(b) === 0) throw sqlError(8134, 'Divide by zero error encountered.');
  if (typeof a === 'bigint' && typeof b === 'bigint') return ofBigInts(operator, a, b);
  const result = ofNumbers(operator, Number(a), Number(b));
  return type === 'float' ? result : withinInt(Math.trunc(result));
}

function ofNumbers(operator: '+' | '-' | '*' | '/', a: number, b: number): number {
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  return operator === '*' ? a * b : a / b;
}

function ofBigInts(operator: '+' | '-' | '*' | '/', a: bigint, b: bigint): bigint {
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  return operator === '*' ? a * b : a / b;
}
