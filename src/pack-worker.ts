/** Composition root of one pack thread. */
import { messageOf } from './errors/message-of';
import { parentPort, workerData } from 'node:worker_threads';
import { createLocalFiles } from './adapters/local-files/local-files';
import { createSystemClock } from './adapters/system-clock';
import { codeOf } from './errors/hubkeep-error';
import { createPackThread } from './fileshare/pack-thread';
import type { Credit, FromThread, PackThreadData, ToThread } from './fileshare/pack-protocol';
import { openContent } from './repository/content-index';

const port = parentPort;
if (port === null) throw new Error('pack-worker runs as a worker thread only');

const { source, packPrefix, content } = workerData as PackThreadData;
const post = (message: FromThread, transfer: readonly ArrayBuffer[] = []) => {
  port.postMessage(message, [...transfer]);
};
const thread = createPackThread({
  source: createLocalFiles(source.path),
  earlier: openContent(content.map((shared) => new Uint8Array(shared))),
  clock: createSystemClock(),
  packPrefix,
  post,
});

let queue = Promise.resolve();
port.on('message', (message: ToThread | Credit) => {
  if (message.type === 'credit') {
    thread.credit(message.bytes);
    return;
  }
  queue = queue
    .then(() => thread.handle(message))
    .catch((error: unknown) => {
      post({ type: 'crashed', code: codeOf(error), message: messageOf(error) });
    });
});
