import type { Config } from '../config/config';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Notifier } from '../ports/notifier';
import type { Log } from '../ports/log';
import type { Runbooks } from '../recovery/runbook/runbooks';
import type { Drills } from '../recovery/drill/drills';
import type { DrillStarter } from '../recovery/drill/start-drill';
import type { Verifier } from '../recovery/verify/verify';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { RestoreRecords } from '../runs/restore-records';
import type { RunLock } from '../runs/run-lock';
import type { RunSummaries } from '../runs/run-summaries';
import type { RestoreStarter } from '../runs/start-restore';
import type { RunStarter } from '../runs/start-run';
import type { SystemSecretsDesk } from '../secrets/system-secrets-desk';

/** Starting restores, and telling of them. */
export interface RestoreServices {
  readonly lock: RunLock;
  readonly records: RestoreRecords;
  readonly start: RestoreStarter;
}

/** What the edges ask, handed to them by a composition root. */
export interface ApiServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly runbooks: Runbooks;
  readonly summaries: RunSummaries;
  /** Nobody without NOTIFY_WEBHOOK_URL. */
  readonly notifier: Notifier | undefined;
  readonly lock: RunLock;
  readonly startRun: RunStarter;
  readonly verifier: Verifier;
  readonly drills: DrillServices;
  readonly restores: RestoreServices;
  /** Nothing when KEY_VAULT_URL is not set. */
  readonly systemSecrets: SystemSecretsDesk | undefined;
}

export interface DrillServices {
  readonly drills: Drills;
  readonly start: DrillStarter;
}
