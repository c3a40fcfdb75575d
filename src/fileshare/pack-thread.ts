import { messageOf } from '../errors/message-of';
import type { SharePath } from '../contracts/share-path';
import { codeOf } from '../errors/hubkeep-error';
import type { Clock } from '../ports/clock';
import type { FileSource, ReadResult } from '../ports/file-source';
import { type ContentHash, hashOf } from '../repository/content-hash';
import type { ContentIndex, StoredContent } from '../repository/content-index';
import type { Extent } from '../repository/index-entry';
import { createPackBuilder, type PlacedContent } from '../repository/pack-builder';
import { limits, racyMs, readAttempts } from './limits';
import type { FileResult, FileTask, FromThread, PlainMember, Reuse, ToThread } from './pack-protocol';
import { createStreamedPacks } from './streamed-packs';

export interface PackThreadDependencies {
  readonly source: FileSource;
  readonly earlier: ContentIndex;
  readonly clock: Clock;
  readonly packPrefix: string;
  readonly post: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void;
}

interface Known {
  readonly content: ContentHash;
  readonly size: number;
  readonly path: SharePath;
  readonly placed: PlacedContent;
}

/** One pack thread: reads, hashes, looks up, frames and compresses files, in the order they come. */
export function createPackThread({ source, earlier, clock, packPrefix, post }: PackThreadDependencies) {
  const known = new Map<string, Known>();
  const links: { path: SharePath; target: SharePath; read: ReadResult }[] = [];
  const scratch = Buffer.allocUnsafe(limits.streamed + 1);
  let waiting: (() => FileResult)[] = [];
  let startedAt = 0;

  const builder = createPackBuilder({
    prefix: `${packPrefix}-1`,
    frameSize: limits.frame,
    packSize: limits.pack,
    onPack: (pack) => {
      post({ type: 'pack', ...pack }, [pack.bytes.buffer]);
    },
    onSettled: () => {
      if (waiting.length > 0) post({ type: 'results', results: waiting.map((result) => result()) });
      waiting = [];
    },
  });
  const streams = createStreamedPacks({ source, packPrefix, post, earlier, isKnown: (raw) => known.has(key(raw)) });

  async function copyFile(task: FileTask) {
    startedAt = clock.now().getTime();
    try {
      if (task.size >= limits.streamed) await copyLarge(task);
      else await copySmall(task);
    } catch (error) {
      const failure: FileResult = { id: task.id, status: 'failed', code: codeOf(error), message: messageOf(error) };
      waiting.push(() => failure);
    }
  }

  async function copySmall(task: FileTask) {
    let read = await readWhole(task.path);
    for (let attempt = 1; read.changed && attempt < readAttempts; attempt++) read = await readWhole(task.path);
    if (read.size > limits.streamed) {
      await copyLarge(task);
      return;
    }
    const content = scratch.subarray(0, read.size);
    place(task, read, { content: hashOf(content), bytes: content });
  }

  async function copyLarge(task: FileTask) {
    const streamed = await streams.copy(task.path);
    const { read, content } = streamed;
    if (read.size === 0) {
      respond(task, read, { hash: content.text, placed: undefined, reused: undefined });
      return;
    }
    const found = known.get(key(content.raw));
    if (streamed.placed !== undefined && found === undefined) {
      known.set(key(content.raw), { content, size: read.size, path: task.path, placed: streamed.placed });
    }
    if (streamed.placed === undefined) place(task, read, { content });
    else respond(task, read, { hash: content.text, placed: streamed.placed, reused: undefined });
  }

  /** Finds the content where it already is, or stores it. */
  function place(task: FileTask, read: ReadResult, { content, bytes }: { content: ContentHash; bytes?: Buffer }) {
    if (read.size === 0) {
      builder.add({ type: 'File', path: task.path, ...times(read), comment: content.text }, bytes);
      respond(task, read, { hash: content.text, placed: undefined, reused: undefined });
      return;
    }
    if (content.text === task.knownHash) {
      respond(task, read, { hash: content.text, placed: undefined, reused: 'same' });
      return;
    }
    const found = known.get(key(content.raw));
    if (found !== undefined) {
      links.push({ path: task.path, target: found.path, read });
      respond(task, read, { hash: content.text, placed: found.placed, reused: 'linked' });
      return;
    }
    const before = earlier.find(content.raw);
    if (before?.size === read.size) {
      respond(task, read, { hash: content.text, placed: before.extent, reused: 'earlier' });
      return;
    }
    const placed = builder.add({ type: 'File', path: task.path, ...times(read), comment: content.text }, bytes);
    known.set(key(content.raw), { content, size: read.size, path: task.path, placed });
    respond(task, read, { hash: content.text, placed, reused: undefined });
  }

  function respond(
    task: FileTask,
    read: ReadResult,
    { hash, placed, reused }: { hash: string; placed: Extent | undefined; reused: Reuse | undefined },
  ) {
    const mtime = Number(read.mtime) * 1000;
    const racy = mtime > startedAt - racyMs && mtime < clock.now().getTime() + racyMs;
    waiting.push(() => ({
      id: task.id,
      status: 'copied',
      size: read.size,
      ...times(read),
      hash,
      ...(placed === undefined ? {} : { extent: { ...placed } }),
      racy: racy || read.changed,
      changing: read.changed,
      reused,
    }));
  }

  async function readWhole(path: SharePath): Promise<ReadResult> {
    const file = await source.open(path);
    let filled = 0;
    try {
      for (;;) {
        const bytes = await file.read(scratch.subarray(filled));
        filled += bytes;
        if (bytes === 0 || filled >= scratch.length || filled === file.size) break;
      }
    } catch (error) {
      await file.close();
      throw error;
    }
    return file.close();
  }

  function addMember(member: PlainMember) {
    builder.add(member);
  }

  function finish(): StoredContent[] {
    for (const { path, target, read } of links) builder.add({ type: 'Link', path, target, ...times(read) });
    builder.flush();
    return [...known.values()].map(({ content, size, placed }) => ({ hash: content.raw, size, extent: { ...placed } }));
  }

  return {
    async handle(message: ToThread) {
      switch (message.type) {
        case 'files':
          for (const task of message.files) await copyFile(task);
          break;
        case 'members':
          message.members.forEach(addMember);
          break;
        case 'settle':
          builder.settle();
          break;
        case 'flush':
          builder.flush();
          break;
        case 'finish':
          post({ type: 'finished', stored: finish() });
      }
      post({ type: 'done' });
    },
    credit: (bytes: number) => {
      streams.credit(bytes);
    },
  };
}

function times(read: ReadResult) {
  return read.ctime === undefined ? { mtime: read.mtime } : { mtime: read.mtime, ctime: read.ctime };
}

function key(raw: Buffer): string {
  return raw.toString('latin1');
}
