import { createHash } from 'node:crypto';
import type { SharePath } from '../contracts/share-path';
import type { FileSource, OpenFile, ReadResult } from '../ports/file-source';
import { type ContentHash, createContentHash } from '../repository/content-hash';
import type { Extent } from '../repository/index-entry';
import { padding, tarHeaders } from '../repository/tar-member';
import { compact, compressFrameAside, skippableFrame } from '../repository/zstd';
import { limits } from './limits';
import type { PackUploads } from './pack-uploads';

export interface LargeFilesOptions {
  readonly source: FileSource;
  readonly uploads: PackUploads;
  readonly packPrefix: string;
  /** True where content of this size may be stored already: only such a file is worth reading twice. */
  readonly mayBeStored: (size: number) => boolean | Promise<boolean>;
}

export interface LargeFile {
  readonly read: ReadResult;
  readonly hash: ContentHash;
}

/** Frames of one large file that are compressed while the next ones are read. */
const ahead = 4;

/** Large files: each a pack of its own, read and sent in frames, never held whole. */
export function createLargeFiles({ source, uploads, packPrefix, mayBeStored }: LargeFilesOptions) {
  let number = 0;

  return {
    /** Reads the file once without storing it, where it may be stored already. */
    async hashFirst(path: SharePath): Promise<LargeFile | undefined> {
      const file = await source.open(path);
      const isWorthIt = await closingOnFailure(file, async () => mayBeStored(file.size));
      if (!isWorthIt) {
        await file.close();
        return undefined;
      }
      const content = createContentHash(file.size);
      await closingOnFailure(file, () => hashInto(content, file));
      return { read: await file.close(), hash: content.digest() };
    },

    /**
     * Stores the file as a pack.
     * @throws what the source throws, when the file cannot be read to its end: there is no pack then; or what the store throws.
     */
    async store(path: SharePath): Promise<LargeFile & { readonly extent: Extent }> {
      const file = await source.open(path);
      const { size, mtime, ctime } = file;
      const headers = Buffer.from(tarHeaders({ type: 'File', path, size, mtime, ...(ctime === undefined ? {} : { ctime }) }));
      const content = createContentHash(size);
      const sha256 = createHash('sha256');
      const name = `${packPrefix}-0-${String(++number).padStart(6, '0')}`;
      let length = 0;
      let hash: ContentHash | undefined;

      async function* pack(): AsyncGenerator<Buffer> {
        for await (const frame of memberFrames(file, headers, content)) {
          sha256.update(frame);
          length += frame.length;
          yield frame;
        }
        hash = content.digest();
        const trailer = skippableFrame(Buffer.from(JSON.stringify({ path, hash: hash.text })));
        sha256.update(trailer);
        yield trailer;
      }

      let digest: string | undefined;
      await closingOnFailure(file, () => uploads.putStream(name, pack(), () => (digest ??= sha256.digest('hex'))));
      const read = await file.close();
      return {
        read: { ...read, size },
        hash: hash ?? content.digest(),
        extent: { pack: name, offset: 0, length, skip: headers.length },
      };
    },
  };
}

/**
 * Compressed frames of one tar member, in order, a few of them compressed ahead. They go before those of small files: a large
 * file is sent when it is finished, and should not be what is waited for in the end.
 */
async function* memberFrames(
  file: OpenFile,
  headers: Buffer,
  content: ReturnType<typeof createContentHash>,
): AsyncGenerator<Buffer> {
  const buffers = Array.from({ length: ahead + 1 }, () => Buffer.allocUnsafeSlow(limits.frame));
  const underway: Promise<Buffer>[] = [];
  let rest: Uint8Array = headers;
  let left = file.size;
  let fill = padding(file.size);
  for (let turn = 0; rest.length > 0 || left > 0 || fill.length > 0; turn++) {
    const buffer = buffers[turn % buffers.length] ?? Buffer.alloc(0);
    buffer.set(rest);
    let filled = rest.length;
    rest = none;
    const part = await readExactly(file, buffer.subarray(filled, filled + Math.min(left, buffer.length - filled)));
    content.update(part);
    left -= part.length;
    filled += part.length;
    if (left === 0) {
      const taken = fill.subarray(0, buffer.length - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      fill = fill.subarray(taken.length);
    }
    const frame = compressFrameAside(buffer.subarray(0, filled), { isUrgent: true }).then(compact);
    // Nobody may be left to take it when the file breaks off.
    frame.catch(() => undefined);
    underway.push(frame);
    if (underway.length >= ahead) yield await (underway.shift() as Promise<Buffer>);
  }
  for (const frame of underway) yield await frame;
}

const none = new Uint8Array(0);

async function closingOnFailure<T>(file: OpenFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function hashInto(content: ReturnType<typeof createContentHash>, file: OpenFile) {
  const buffer = Buffer.allocUnsafeSlow(limits.frame);
  for (let bytes = await file.read(buffer); bytes > 0; bytes = await file.read(buffer)) {
    content.update(buffer.subarray(0, bytes));
    await turn();
  }
}

/** Lets the rest of the process have its turn between two pieces of a source that answers at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Fills `into`; a file that became shorter is filled up with zeros, and its closing result says that it changed. */
async function readExactly(file: OpenFile, into: Buffer): Promise<Buffer> {
  let filled = 0;
  while (filled < into.length) {
    const bytes = await file.read(into.subarray(filled));
    if (bytes === 0) return into.fill(0, filled);
    filled += bytes;
  }
  return into;
}
