import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import type { ContentIndex } from '../repository/content/open-content-index';
import type { SortedContents } from '../repository/content/sorted-contents';
import { createPackBuilder } from '../repository/pack-builder';
import type { ShareThread } from './aside/start-share-thread';
import { createContentPlacer } from './content-placer';
import { createFileCopier } from './file-copier';
import type { FileResult, FileTask, PlainMember } from './file-task';
import { createGate } from './gate';
import { createKnownContents } from './known-contents';
import { createLargeCopier } from './large-copier';
import { limits, turnMs } from './limits';
import { createPackUploads } from './pack-uploads';
import { createPatience } from './patience';
import { createReadAhead } from './read-ahead';

export interface PackerOptions {
  readonly source: FileSource;
  /** Reads small files beside this one, where there is such a thread. */
  readonly thread: () => ShareThread | undefined;
  readonly store: BlobStore;
  readonly earlier: ContentIndex;
  readonly clock: Clock;
  /** `{runId}/{prefix}`. */
  readonly packPrefix: string;
  readonly signal: AbortSignal;
  readonly onResult: (result: FileResult) => void;
}

/**
 * Takes files and puts what is new of them into packs. Reading and hashing happen here, compression on libuv's pool and
 * sending beside it, with back-pressure from the store to whoever submits. Results come in any order.
 */
export function createPacker({ source, thread, store, earlier, clock, packPrefix, signal, onResult }: PackerOptions) {
  const gate = createGate();
  const uploads = createPackUploads(store, gate);
  const known = createKnownContents();
  const builder = createPackBuilder({
    prefix: `${packPrefix}-1`,
    frameSize: limits.frame,
    packSize: limits.pack,
    onPack: uploads.put,
    onChange: (failure) => {
      if (failure === undefined) gate.changed();
      else gate.fail(failure);
    },
  });
  const placer = createContentPlacer({ builder, known, earlier, clock, onResult });
  const underway = { files: 0, bytes: 0, large: 0 };
  const large = createLargeCopier({ source, uploads, earlier, placer, clock, packPrefix });
  const patience = createPatience(clock, signal);
  const copyLarge = (task: FileTask) => patience.whileLocked(() => large.copy(task));
  const copier = createFileCopier({ source, placer, clock, patience, copyLarge });
  const ahead = createReadAhead({
    thread,
    clock,
    onRead: (task, file, startedAt) => {
      attempt(task, () => copier.place(task, file, startedAt));
    },
    onLeft: (task) => {
      attempt(task, () => copier.copy(task));
    },
    onChange: gate.changed,
  });
  let turnEnds = 0;

  function fail(task: FileTask, error: unknown) {
    if (endsTheBox(codeOf(error))) gate.fail(error);
    else onResult({ id: task.id, status: 'failed', code: codeOf(error), message: messageOf(error) });
  }

  function attempt(task: FileTask, copy: () => void | Promise<void>) {
    try {
      const copying = copy();
      if (copying !== undefined) follow(task, copying);
    } catch (error) {
      fail(task, error);
    }
  }

  /** Work that goes on while others are submitted. */
  function follow(task: FileTask, copying: Promise<void>) {
    const { size } = task.seen;
    const isLarge = size >= limits.streamed;
    underway.files += 1;
    if (isLarge) underway.large += 1;
    else underway.bytes += size;
    copying
      .catch((error: unknown) => {
        fail(task, error);
      })
      .finally(() => {
        underway.files -= 1;
        if (isLarge) underway.large -= 1;
        else underway.bytes -= size;
        gate.changed();
      })
      .catch(gate.fail);
  }

  function hasRoom(): boolean {
    return (
      ahead.hasRoom() &&
      builder.framesAhead() < limits.framesAhead &&
      uploads.running() < limits.packsInFlight &&
      underway.files < limits.readsInFlight &&
      underway.bytes < limits.readBytesInFlight &&
      underway.large <= limits.largeWaiting
    );
  }

  const isAllRead = () => underway.files === 0 && ahead.pending() === 0;

  function room(): void | Promise<void> {
    if (!hasRoom() || gate.hasFailed()) return gate.until(hasRoom);
    const now = clock.now().getTime();
    if (now < turnEnds) return;
    turnEnds = now + turnMs;
    return new Promise((resolve) => setImmediate(resolve));
  }

  signal.addEventListener('abort', () => {
    gate.fail(signal.reason);
  });

  return {
    packs: uploads.stored,
    /** Takes a file; what it returns is to be awaited before the next one. */
    submit(task: FileTask): void | Promise<void> {
      if (!ahead.takes(task)) attempt(task, () => (task.seen.size >= limits.streamed ? copyLarge(task) : copier.copy(task)));
      return room();
    },
    addMember(member: PlainMember): void | Promise<void> {
      builder.add(member);
      return room();
    },
    /** Waits until `isDone`, which results make true; closes frames early where they alone are waited for. */
    async settle(isDone: () => boolean): Promise<void> {
      await gate.until(() => {
        if (!isDone()) ahead.flush();
        if (!isDone() && isAllRead()) builder.seal();
        return isDone();
      });
    },
    /** True when nothing more should be submitted: what is known of the contents stored has grown too large. */
    isFull: () => known.bytes() >= limits.knownContents,
    /** Closes the open pack, so that what lies in it gets stored. */
    async flush(): Promise<void> {
      builder.seal();
      await gate.until(() => builder.framesAhead() === 0);
      builder.closePack();
    },
    /** Packs that everything with a result so far lies in. */
    packsBegun: () => uploads.begun() + (builder.isPackOpen() ? 1 : 0),
    /** True when the first so many packs are stored. */
    isStoredThrough: uploads.isStoredThrough,
    /** Closes the last pack and waits for all; nothing but `forget` may follow. @returns what was newly stored. */
    async finish(): Promise<SortedContents> {
      ahead.flush();
      await gate.until(isAllRead);
      await this.flush();
      await gate.until(() => uploads.running() === 0);
      builder.end();
      return known.stored();
    },
    /** Gives back the memory of what is known of the contents stored; nothing may follow. */
    forget: known.forget,
  };
}

export type Packer = ReturnType<typeof createPacker>;

/** Anything but the failure of one file: the others need not be tried. */
function endsTheBox(code: string): boolean {
  return /^(store|run|lock|format)\.|^share\.(not-found|empty|gone)$/.test(code);
}
