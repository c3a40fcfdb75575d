import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { StoredContent } from '../repository/content-index';
import { limits } from './limits';
import type { Credit, FileResult, FileTask, FromThread, PackThreadData, PlainMember, ToThread } from './pack-protocol';
import { createPackUploads } from './pack-uploads';

/** A pack thread as seen from the main one: what the pool needs of a worker. */
export interface PackThreadHandle {
  postMessage(message: ToThread | Credit): void;
  on(event: 'message', listener: (message: FromThread) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  terminate(): Promise<unknown>;
}

export type SpawnPackThread = (data: PackThreadData) => PackThreadHandle;

export interface PackPoolOptions {
  readonly store: BlobStore;
  readonly spawn: SpawnPackThread;
  readonly threads: number;
  readonly data: Omit<PackThreadData, 'packPrefix'>;
  /** `{runId}/{prefix}`; each thread adds its number. */
  readonly packPrefix: string;
  readonly onResult: (result: FileResult) => void;
}

interface Lane {
  readonly worker: PackThreadHandle;
  files: FileTask[];
  bytes: number;
  members: PlainMember[];
  /** Messages sent, and how many of them have been worked off. */
  sent: number;
  answered: number;
  finished: ((stored: readonly StoredContent[]) => void) | undefined;
}

/** Pack threads and the uploads they feed, with back-pressure by bytes from the store to the walk. */
export function createPackPool({ store, spawn, threads, data, packPrefix, onResult }: PackPoolOptions) {
  let crash: Error | undefined;
  let waiters: (() => void)[] = [];
  const wake = () => {
    const woken = waiters;
    waiters = [];
    for (const resume of woken) resume();
  };
  const uploads = createPackUploads(store, wake);
  const lanes = Array.from({ length: threads }, (_, i) => startLane(`${packPrefix}-w${i}`));

  function startLane(prefix: string): Lane {
    const worker = spawn({ ...data, packPrefix: prefix });
    const lane: Lane = { worker, files: [], bytes: 0, members: [], sent: 0, answered: 0, finished: undefined };
    const credit = (bytes: number) => {
      worker.postMessage({ type: 'credit', bytes } satisfies Credit);
    };
    worker.on('message', (message: FromThread) => {
      receive(lane, message, credit);
    });
    worker.on('error', (error) => {
      fail(new HubkeepError('internal', 'a pack thread stopped', { cause: error, retryable: true }));
    });
    return lane;
  }

  function fail(error: Error) {
    crash ??= error;
    wake();
  }

  function receive(lane: Lane, message: FromThread, credit: (bytes: number) => void) {
    switch (message.type) {
      case 'results':
        message.results.forEach(onResult);
        break;
      case 'done':
        lane.answered += 1;
        wake();
        break;
      case 'finished':
        lane.finished?.(message.stored);
        break;
      case 'crashed':
        fail(new HubkeepError(message.code, message.message, { retryable: true }));
        break;
      default:
        uploads.handle(message, credit);
    }
  }

  async function until(ready: () => boolean) {
    for (;;) {
      if (crash !== undefined) throw crash;
      uploads.throwIfFailed();
      if (ready()) return;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  }

  function send(lane: Lane, message: ToThread) {
    lane.sent += 1;
    lane.worker.postMessage(message);
  }

  function sendBatch(lane: Lane) {
    if (lane.members.length > 0) send(lane, { type: 'members', members: lane.members });
    if (lane.files.length > 0) send(lane, { type: 'files', files: lane.files });
    lane.files = [];
    lane.members = [];
    lane.bytes = 0;
  }

  async function everyLane(message: ToThread) {
    for (const lane of lanes) {
      sendBatch(lane);
      send(lane, message);
    }
    const targets = lanes.map((lane) => lane.sent);
    await until(() => lanes.every((lane, i) => lane.answered >= (targets[i] ?? 0)));
  }

  return {
    packs: uploads.stored,
    /** Takes a file; resolves when there is room for the next. Equal sizes go to one thread, so that it sees equal contents. */
    async submit(task: FileTask) {
      const lane = lanes[Math.floor(task.size / 8) % lanes.length];
      if (lane === undefined) return;
      lane.files.push(task);
      lane.bytes += task.size;
      if (lane.bytes < limits.batch && lane.files.length < limits.batchFiles) return;
      await until(() => lane.sent - lane.answered < limits.batchesInFlight && uploads.running() < limits.packsInFlight);
      sendBatch(lane);
    },
    async addMember(member: PlainMember) {
      const lane = lanes[0];
      if (lane === undefined) return;
      lane.members.push(member);
      if (lane.members.length < limits.batchFiles) return;
      await until(() => lane.sent - lane.answered < limits.batchesInFlight);
      sendBatch(lane);
    },
    /** Every result of what was submitted so far has been delivered. */
    settle: () => everyLane({ type: 'settle' }),
    /** Every pack of what was submitted so far is stored. */
    async flush() {
      await everyLane({ type: 'flush' });
      await uploads.settled();
    },
    /** Closes the last packs; returns what was newly stored. */
    async finish(): Promise<StoredContent[]> {
      const stored = lanes.map((lane) => new Promise<readonly StoredContent[]>((resolve) => (lane.finished = resolve)));
      await everyLane({ type: 'finish' });
      await uploads.settled();
      return (await Promise.all(stored)).flat().map((content) => ({ ...content, hash: Buffer.from(content.hash) }));
    },
    /** Every wait, now and later, rejects with this. */
    cancel: fail,
    async destroy() {
      await Promise.all(lanes.map((lane) => lane.worker.terminate()));
    },
  };
}

export type PackPool = ReturnType<typeof createPackPool>;
