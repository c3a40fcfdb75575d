import type { Clock } from '../ports/clock';
import type { HashedFile, ShareThread } from './aside/start-share-thread';
import type { FileTask } from './file-task';
import { limits } from './limits';

export interface ReadAheadOptions {
  readonly thread: () => ShareThread | undefined;
  readonly clock: Clock;
  /** Takes a file that was read as it was seen, at or after `startedAt`, in milliseconds since 1970. */
  readonly onRead: (task: FileTask, file: HashedFile, startedAt: number) => void;
  /** Takes one that has to be read by itself. */
  readonly onLeft: (task: FileTask) => void;
  /** A batch has been worked off. */
  readonly onChange: () => void;
}

/** Gathers small files into batches for the share's thread, once there are enough files for that to be worth it. */
export function createReadAhead({ thread: start, clock, onRead, onLeft, onChange }: ReadAheadOptions) {
  let thread: ShareThread | undefined;
  let files = 0;
  let open: FileTask[] = [];
  let openBytes = 0;
  let isDue = false;
  let underway = 0;

  /** A source that is slow has its files read many at a time, which the thread cannot do. */
  let isSlow = false;

  function isFit({ seen: { size } }: FileTask): boolean {
    files += 1;
    if (files === limits.filesBeforeThread) thread = start();
    return !isSlow && thread !== undefined && size > 0 && size < thread.mostBytes;
  }

  function sendIfDue() {
    if (thread?.mayRead() !== true || !isDue) return;
    const batch = open;
    open = [];
    openBytes = 0;
    isDue = false;
    if (batch.length === 0) return;
    underway += batch.length;
    const startedAt = clock.now().getTime();
    let left = 0;
    const take = (i: number, file: HashedFile | undefined) => {
      const task = batch[i] as FileTask;
      underway -= 1;
      if (file !== undefined) onRead(task, file, startedAt);
      else {
        left += 1;
        onLeft(task);
      }
    };
    void thread.read(batch, take).then(() => {
      isSlow ||= left > batch.length / 2;
      sendIfDue();
      onChange();
    });
  }

  function flush() {
    isDue = open.length > 0;
    sendIfDue();
  }

  return {
    /** @returns false for a file that has to be read by itself. */
    takes(task: FileTask): boolean {
      if (!isFit(task) || thread === undefined) return false;
      const bytes = task.seen.size + 1;
      if (openBytes + bytes > thread.mostBytes) flush();
      if (openBytes + bytes > thread.mostBytes) return false;
      open.push(task);
      openBytes += bytes;
      if (open.length === thread.mostFiles) flush();
      return true;
    },
    /** Has what was gathered read, however little it is. */
    flush,
    /** Files taken and not answered for. */
    pending: () => open.length + underway,
    /** True when no full batch waits to be read. */
    hasRoom: () => !isDue,
  };
}

export type ReadAhead = ReturnType<typeof createReadAhead>;
