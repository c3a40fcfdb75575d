import { Worker } from 'node:worker_threads';

/** What a thread holds is nothing for long: without a limit V8 lets short-lived memory grow to many times that. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/** @param script compiled composition root of the thread. */
export function spawnThread(script: string, workerData: unknown): Worker {
  return new Worker(script, { workerData, resourceLimits });
}
