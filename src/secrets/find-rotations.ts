import * as z from 'zod';
import type { SecretStatus } from '../ports/secret-status';

const dayMs = 86_400_000;
/** What is not listed any more may be listed again, but not after so long. */
const forgottenAfterMs = 90 * dayMs;

/** A secret as it was listed last. Dates are ISO 8601. */
const knownSecretSchema = z.object({
  category: z.string(),
  name: z.string(),
  lifeDays: z.number().optional(),
  lastUpdated: z.string().optional(),
  expiresAt: z.string().optional(),
  listedAt: z.string(),
});
type KnownSecret = z.infer<typeof knownSecretSchema>;

/** A rotation that nothing stored is newer than. It happened at some time from `from` to `to`. */
const rotationSchema = z.object({
  category: z.string(),
  name: z.string(),
  seenAt: z.string(),
  from: z.string(),
  to: z.string(),
});
export type Rotation = z.infer<typeof rotationSchema>;

/** What is remembered from one look to the next. */
export const secretsKnownSchema = z.object({ secrets: z.array(knownSecretSchema), rotations: z.array(rotationSchema) });
export type SecretsKnown = z.infer<typeof secretsKnownSchema>;

export interface Look {
  /** Nothing when they could not be listed. */
  readonly rows: readonly SecretStatus[] | undefined;
  readonly seenAt: Date;
  /** When it is written down, after what this run had to store was stored. */
  readonly recordedAt: Date;
  /** Of the newest SystemSecrets.JSON in the vault. */
  readonly capturedAt: Date;
}

export interface Found {
  readonly known: SecretsKnown;
  /** Rotations of which nobody can tell whether they came before or after what is stored; not remembered. */
  readonly unclear: readonly Rotation[];
}

/** Compares a look with what was known before it. */
export function findRotations(before: SecretsKnown, look: Look): Found {
  const rows = new Map<string, SecretStatus>();
  for (const row of look.rows ?? []) rows.set(keyOf(row), merged(rows.get(keyOf(row)), row));
  const secrets = new Map(before.secrets.map((secret) => [keyOf(secret), secret]));
  const rotations = new Map(before.rotations.map((rotation) => [keyOf(rotation), rotation]));
  for (const [key, row] of rows) {
    const secret = secrets.get(key);
    const rotation = secret === undefined ? undefined : rotationOf(row, secret, look.seenAt);
    if (rotation !== undefined) rotations.set(key, rotation);
    secrets.set(key, toKnown(row, look.recordedAt));
  }
  const uncovered = [...rotations.values()].filter(({ to }) => look.capturedAt < new Date(to));
  const isUnclear = ({ from }: Rotation) => look.capturedAt > new Date(from);
  const isRecent = ({ listedAt }: KnownSecret) => look.recordedAt.getTime() - Date.parse(listedAt) < forgottenAfterMs;
  return {
    known: {
      secrets: [...secrets.values()].filter(isRecent),
      rotations: uncovered.filter((rotation) => !isUnclear(rotation)),
    },
    unclear: uncovered.filter(isUnclear),
  };
}

function keyOf({ category, name }: { category: string; name: string }): string {
  return JSON.stringify([category.toLowerCase(), name.toLowerCase()]);
}

/** Rows that cannot be told apart, in whatever order they come. */
function merged(one: SecretStatus | undefined, other: SecretStatus): SecretStatus {
  if (one === undefined) return other;
  const [first] = [one, other].sort((a, b) => (a.lifeDays ?? Infinity) - (b.lifeDays ?? Infinity));
  const [latest] = [one, other].sort((a, b) => timeOf(b.lastUpdated?.from) - timeOf(a.lastUpdated?.from));
  const [soonest] = [one, other].sort((a, b) => timeOf(a.expiresAt, Infinity) - timeOf(b.expiresAt, Infinity));
  return {
    ...other,
    lifeDays: first?.lifeDays,
    lastUpdated: latest?.lastUpdated,
    expiresAt: soonest?.expiresAt,
  };
}

function timeOf(date: Date | undefined, without = -Infinity): number {
  return date?.getTime() ?? without;
}

function toKnown({ category, name, lifeDays, lastUpdated, expiresAt }: SecretStatus, listedAt: Date): KnownSecret {
  return {
    category,
    name,
    lifeDays,
    lastUpdated: lastUpdated?.from.toISOString(),
    expiresAt: expiresAt?.toISOString(),
    listedAt: listedAt.toISOString(),
  };
}

function rotationOf(row: SecretStatus, before: KnownSecret, seenAt: Date): Rotation | undefined {
  const seen = seenAt.getTime();
  const listed = Math.min(Date.parse(before.listedAt), seen);
  const between = (from: number, to: number): Rotation => ({
    category: row.category,
    name: row.name,
    seenAt: seenAt.toISOString(),
    from: new Date(Math.min(from, to)).toISOString(),
    to: new Date(to).toISOString(),
  });
  const { lastUpdated } = row;
  if (lastUpdated !== undefined && isNewer(lastUpdated.from, before.lastUpdated)) {
    const [from, to] = [lastUpdated.from.getTime(), lastUpdated.to.getTime()];
    return between(from === to ? from : Math.max(from, listed), Math.min(to, seen));
  }
  const elapsedDays = (seen - listed) / dayMs;
  return lifeRose(row.lifeDays, before.lifeDays, elapsedDays) || expiryMoved(row.expiresAt, before.expiresAt)
    ? between(listed, seen)
    : undefined;
}

function isNewer(now: Date, before: string | undefined): boolean {
  return before !== undefined && now.getTime() > Date.parse(before);
}

/**
 * A day is allowed for rounding. A life that stays the same does not run out, and one that is over may be shown as 0 for
 * ever: neither was rotated.
 */
function lifeRose(now: number | undefined, before: number | undefined, elapsedDays: number): boolean {
  if (now === undefined || before === undefined || now === before) return false;
  return now > Math.max(0, before - elapsedDays) + 1;
}

/** A day is allowed for an expiry that is worked out anew, from rounded days, each time it is asked for. */
function expiryMoved(now: Date | undefined, before: string | undefined): boolean {
  return now !== undefined && before !== undefined && now.getTime() - Date.parse(before) > dayMs;
}
