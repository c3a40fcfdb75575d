import { join } from 'node:path';
import { spawnThread } from '../adapters/worker-threads/spawn-thread';
import type { SpawnWriter } from '../recovery/restore-protocol';

export const spawnWriter: SpawnWriter = (data) => spawnThread(join(__dirname, '..', 'restore-worker.js'), data);
