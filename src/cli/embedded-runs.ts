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

/** Runs that live in this process. */
export function createEmbeddedRuns({ activities, clock, log, startRun }: Hubkeep): EmbeddedRuns {
  const engine = createEmbeddedEngine({ orchestrators, activities, retry: retryTable, clock, log });
  return { engine, startBackup: (options) => startBackup(startRun, engine, options) };
}
