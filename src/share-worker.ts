/** Composition root of the thread that reads the share beside the main one. */
import { parentPort, workerData } from 'node:worker_threads';
import { createLocalFiles } from './adapters/local-files/local-files';
import { readIntoSlab } from './fileshare/aside/read-into-slab';
import type { FilesToRead, ShareThreadData } from './fileshare/aside/share-thread-protocol';

const port = parentPort;
if (port === null) throw new Error('share-worker runs as a worker thread only');

const { root, slabs } = workerData as ShareThreadData;
const source = createLocalFiles(root);
port.on('message', (batch: FilesToRead) => {
  readIntoSlab(source, slabs[batch.slab] as SharedArrayBuffer, batch);
  port.postMessage(undefined);
});
