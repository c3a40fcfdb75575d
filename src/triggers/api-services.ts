import type { Config } from '../config/config';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Runbooks } from '../recovery/runbook/runbooks';
import type { Verifier } from '../recovery/verify/verify';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { RunLock } from '../runs/run-lock';
import type { RunSummaries } from '../runs/run-summaries';
import type { RunStarter } from '../runs/start-run';
import type { SystemSecretsDesk } from '../secrets/system-secrets-desk';

/** What the edges ask, handed to them by a composition root. */
export interface ApiServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly runbooks: Runbooks;
  readonly summaries: RunSummaries;
  readonly lock: RunLock;
  readonly startRun: RunStarter;
  readonly verifier: Verifier;
  /** Nothing when KEY_VAULT_URL is not set. */
  readonly systemSecrets: SystemSecretsDesk | undefined;
}
