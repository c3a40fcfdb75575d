/** Composition root of one writer thread of a restore. */
import { parentPort, workerData } from 'node:worker_threads';
import { createLocalWriter } from './adapters/local-target/local-writer';
import type { ToWriter, WriterThreadData } from './recovery/restore-protocol';
import { createRestoreThread } from './recovery/restore/thread';

const port = parentPort;
if (port === null) throw new Error('restore-worker runs as a worker thread only');

const { target, thread } = workerData as WriterThreadData;
const handle = createRestoreThread(createLocalWriter(target, thread));
port.on('message', (message: ToWriter) => {
  port.postMessage(handle(message));
});
