import type { Warning } from '../contracts/outcome';
import type { SecretsCustody } from '../contracts/secrets-custody';

const dayMilliseconds = 86_400_000;

export interface AgeLimit {
  readonly now: Date;
  /** No limit when not given. */
  readonly maxAgeDays?: number | undefined;
}

/** Full days since the content was last known to be the stamp's own. */
export function ageInDays(
  { capturedAt, confirmedAt = capturedAt }: Pick<SecretsCustody, 'capturedAt' | 'confirmedAt'>,
  now: Date,
): number {
  return Math.floor((now.getTime() - new Date(confirmedAt).getTime()) / dayMilliseconds);
}

/** A warning when the content was captured longer ago than allowed: rotated secrets make it useless, and nothing tells. */
export function ageWarnings(custody: SecretsCustody, { now, maxAgeDays }: AgeLimit): Warning[] {
  const days = ageInDays(custody, now);
  if (maxAgeDays === undefined || days <= maxAgeDays) return [];
  return [
    {
      code: 'secrets.stale',
      message: `The SystemSecrets.JSON in the vault was captured ${days} days ago, more than SYSTEM_SECRETS_MAX_AGE_DAYS=${maxAgeDays}.`,
      hint: 'If any secret was rotated since, download it again: admin portal, App Service, Secrets, Download Secrets.',
    },
  ];
}
