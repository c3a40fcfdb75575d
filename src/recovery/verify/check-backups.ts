import type { BakInspection } from '../../contracts/bak-inspection';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import { messageOf } from '../../errors/message-of';
import type { Findings } from './finding';

/** Looks into a backup file as it lies in the store. */
export type InspectBackup = (key: string) => Promise<BakInspection>;

export interface BackupChecks {
  readonly inspect: InspectBackup;
  readonly findings: Findings;
  /** Names of blobs that something else is known to be wrong with. */
  readonly isDamaged: (key: string) => boolean;
}

const wrong: readonly BakInspection['status'][] = ['truncated', 'damaged', 'not-a-backup'];

/** Checks that the databases' files still tell of themselves what they told when they were stored. */
export async function checkBackups(
  points: readonly RecoveryPoint[],
  { inspect, findings, isDamaged }: BackupChecks,
): Promise<void> {
  for (const { id, databases } of points) {
    for (const item of databases?.items ?? []) {
      if (item.status !== 'succeeded') continue;
      for (const { key, inspection } of item.files) {
        if (isDamaged(key)) continue;
        const message = await problemOf(inspect, { key, database: item.database, before: inspection?.status });
        if (message === undefined) continue;
        const what = `the backup of ${item.database} on ${item.server}`;
        findings.add({ code: 'bak.damaged', blob: key, message, what, points: [id] });
      }
    }
  }
}

interface Expected {
  readonly key: string;
  readonly database: string;
  /** What it looked like when it was stored. */
  readonly before: BakInspection['status'] | undefined;
}

async function problemOf(inspect: InspectBackup, { key, database, before }: Expected): Promise<string | undefined> {
  try {
    const { status, reason, sets } = await inspect(key);
    // What it looked like from the first, SQL Server has verified all the same.
    if (wrong.includes(status) && status !== before) return `looks ${status}: ${reason ?? 'no reason is known'}`;
    const found = sets.at(-1)?.database;
    return found === undefined || found === database ? undefined : `is a backup of ${found} and not of ${database}`;
  } catch (error) {
    return `cannot be looked into: ${messageOf(error)}`;
  }
}
