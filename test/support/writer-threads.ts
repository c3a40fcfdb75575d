import { Worker } from 'node:worker_threads';
import type { SpawnWriter } from '../../src/recovery/restore-protocol';

/** The real writer threads. */
export const spawnWriter: SpawnWriter = (data) => new Worker(require.resolve('../../src/restore-worker'), { workerData: data });
