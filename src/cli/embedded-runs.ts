import type { Hubkeep } from '../compose';
import { retryTable } from '../contracts/retry-table';
import type { RunRequest } from '../contracts/run';
import { orchestrators } from '../orchestrators/orchestrators';
import type { StartRunOptions } from '../runs/start-run';
import { startBackup } from '../triggers/start-backup';
import { createEmbeddedEngine, type EmbeddedEngine } from '../workflow/embedded';

export interface EmbeddedRuns {
  readonly engine: EmbeddedEngine;
  /** Throws `run.busy`, with the running id in its details, when one is under way. */
  startBackup(options: StartRunOptions): Promise<RunRequest>;
}

/** Databases and secrets at once, beside the share. */
const besideTheShare = 3;

/** Runs that live in this process. */
export function createEmbeddedRuns({ config, activities, clock, log, startRun }: Hubkeep): EmbeddedRuns {
  const maxConcurrentActivities = besideTheShare + (config.fileShare?.width ?? 1) + (config.restore?.width ?? 0);
  const engine = createEmbeddedEngine({ orchestrators, activities, retry: retryTable, clock, log, maxConcurrentActivities });
  return { engine, startBackup: (options) => startBackup(startRun, engine, options) };
}
