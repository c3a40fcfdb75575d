import type { ActivityMap } from './activities';

const minute = 60_000;

/** Tries of activities that throw, which they do only when trying again can help. */
export const retryTable = {
  'begin-run': { firstMs: 1_000, maxAttempts: 4, backoff: 2, maxMs: minute },
  'route-databases': { firstMs: 5_000, maxAttempts: 3, backoff: 3, maxMs: minute },
  'back-up-database': { firstMs: 5_000, maxAttempts: 3, backoff: 3, maxMs: 5 * minute, spread: 1 },
  'give-credential': { firstMs: 5_000, maxAttempts: 3, backoff: 3, maxMs: minute },
  'take-credential': { firstMs: 5_000, maxAttempts: 3, backoff: 3, maxMs: minute },
  'plan-share-partitions': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'copy-share-box': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'keep-system-secrets': { firstMs: 2_000, maxAttempts: 3, backoff: 3, maxMs: minute },
  'commit-recovery-point': { firstMs: 2_000, maxAttempts: 5, backoff: 2, maxMs: minute },
  'remove-staging': { firstMs: 2_000, maxAttempts: 3, backoff: 2, maxMs: minute },
  'begin-restore': { firstMs: 1_000, maxAttempts: 4, backoff: 2, maxMs: minute },
  'restore-share-box': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'finish-restore-box': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'end-restore': { firstMs: 2_000, maxAttempts: 5, backoff: 2, maxMs: minute },
  'begin-drill': { firstMs: 2_000, maxAttempts: 4, backoff: 2, maxMs: minute },
  'verify-box': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'settle-verification': { firstMs: 5_000, maxAttempts: 4, backoff: 2, maxMs: 5 * minute },
  'drill-share': { firstMs: 5_000, maxAttempts: 3, backoff: 2, maxMs: 5 * minute },
  'drill-databases': { firstMs: 5_000, maxAttempts: 2, backoff: 2, maxMs: 5 * minute },
  'end-drill': { firstMs: 2_000, maxAttempts: 5, backoff: 2, maxMs: minute },
  'end-run': { firstMs: 2_000, maxAttempts: 5, backoff: 2, maxMs: minute },
} as const satisfies Record<keyof ActivityMap, unknown>;
