import { EventEmitter } from 'node:events';
import { createSystemClock } from '../../src/adapters/system-clock';
import type { SpawnPackThread } from '../../src/fileshare/pack-pool';
import type { Credit, FromThread, ToThread } from '../../src/fileshare/pack-protocol';
import { createPackThread } from '../../src/fileshare/pack-thread';
import type { Clock } from '../../src/ports/clock';
import type { FileSource } from '../../src/ports/file-source';
import { openContent } from '../../src/repository/content-index';

/** The real pack thread on this thread, so that a source with scripted faults can be handed to it. */
export function inProcessThreads(source: FileSource, clock: Clock = createSystemClock()): SpawnPackThread {
  return ({ packPrefix, content }) => {
    const events = new EventEmitter();
    const thread = createPackThread({
      source,
      earlier: openContent(content.map((shared) => new Uint8Array(shared))),
      clock,
      packPrefix,
      post: (message: FromThread) => {
        setImmediate(() => events.emit('message', message));
      },
    });
    let queue = Promise.resolve();
    return {
      postMessage(message: ToThread | Credit) {
        if (message.type === 'credit') thread.credit(message.bytes);
        else queue = queue.then(() => thread.handle(message));
      },
      on: (event: string, listener: (value: never) => void) => events.on(event, listener as (value: unknown) => void),
      terminate: () => Promise.resolve(),
    };
  };
}
