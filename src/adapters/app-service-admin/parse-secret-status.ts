import type { SecretStatus } from '../../ports/secret-status';
import { readDays, readMoment } from './read-moment';

type Row = ReadonlyMap<string, unknown>;

const atEnd = '(days|indays|date|datetime|time|on|at|utc)*$';
const says = {
  name: /^(secret)?name$/,
  category: /^(secret)?category$/,
  lifeDays: new RegExp(`^(life|lifetime)remaining${atEnd}`),
  lastUpdated: new RegExp(`^last(updated?|rotat(ed|ion)|renew(ed|al)|changed?)${atEnd}`),
  expiresAt: new RegExp(`^(expir(y|es|ation)|notafter|validuntil)${atEnd}`),
};

const longestName = 120;

/**
 * The rows of a list of secrets. The answer's shape is not documented: that rows have `category`, `name` and
 * `lifeRemaining` comes from one public script, and no real stamp has been asked. So a bare array and `{value: […]}`
 * will do, rows may be flat or have `properties`, case does not count, and what a row does not say is left undefined.
 *
 * @returns nothing when there is no row that says when its secret was rotated or how long it lives.
 */
export function parseSecretStatus(document: unknown): SecretStatus[] {
  const rows = listOf(document).flatMap((row) => {
    const status = statusOf(flattened(membersOf(row)));
    return status === undefined ? [] : [status];
  });
  return rows.some(saysSomething) ? rows : [];
}

function listOf(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  const value = membersOf(document).get('value');
  return Array.isArray(value) ? value : [];
}

/** By lower-case name. */
function membersOf(value: unknown): Row {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase().replace(/[^a-z]/g, ''), member as unknown]));
}

/** What `properties` holds counts before what stands beside it. */
function flattened(row: Row): Row {
  return new Map([...row, ...membersOf(row.get('properties'))]);
}

function statusOf(row: Row): SecretStatus | undefined {
  const category = textOf(row, says.category);
  const name = textOf(row, says.name) ?? category;
  if (name === undefined) return undefined;
  const first = <T>(pattern: RegExp, read: (value: unknown) => T | undefined): T | undefined =>
    [...row].flatMap(([key, value]) => (pattern.test(key) ? (read(value) ?? []) : []))[0];
  return {
    category: category ?? '',
    name,
    lifeDays: first(says.lifeDays, readDays),
    lastUpdated: first(says.lastUpdated, readMoment),
    expiresAt: first(says.expiresAt, readMoment)?.from,
  };
}

/** Names go into messages and records, so what would break a line there goes. */
function textOf(row: Row, pattern: RegExp): string | undefined {
  for (const [key, value] of row) {
    if (!pattern.test(key) || typeof value !== 'string') continue;
    const text = value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
    if (text !== '') return text.slice(0, longestName);
  }
  return undefined;
}

function saysSomething({ lifeDays, lastUpdated, expiresAt }: SecretStatus): boolean {
  return lifeDays !== undefined || lastUpdated !== undefined || expiresAt !== undefined;
}
