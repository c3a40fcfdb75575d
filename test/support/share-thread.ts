import { Worker } from 'node:worker_threads';
import type { SpawnShareThread } from '../../src/fileshare/aside/share-thread-protocol';

export const spawnShareThread: SpawnShareThread = (data) =>
  new Worker(require.resolve('../../src/share-worker'), { workerData: data });
