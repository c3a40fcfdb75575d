import type { SharePath } from '../contracts/share-path';
import type { FileSource, OpenFile, ReadResult } from '../ports/file-source';
import { type ContentHash, createContentHash } from '../repository/content-hash';
import type { ContentIndex } from '../repository/content-index';
import type { Extent } from '../repository/index-entry';
import { padding, tarHeaders } from '../repository/tar-member';
import { compressFrame, skippableFrame } from '../repository/zstd';
import { limits } from './limits';
import { createPackSink, type PackSink } from './pack-sink';
import type { FromThread } from './pack-protocol';

interface StreamedPacksOptions {
  readonly source: FileSource;
  readonly earlier: ContentIndex;
  readonly packPrefix: string;
  readonly isKnown: (rawHash: Buffer) => boolean;
  readonly post: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void;
}

export interface StreamedFile {
  readonly read: ReadResult;
  readonly content: ContentHash;
  /** Absent when the content turned out to be stored already. */
  readonly placed: Extent | undefined;
}

/** Large files: each a pack of its own, read and sent in frames, never held whole. */
export function createStreamedPacks({ source, earlier, packPrefix, isKnown, post }: StreamedPacksOptions) {
  const storedSizes = earlier.sizesFrom(limits.streamed);
  const sink = createPackSink(post, limits.streamWindow);
  let number = 0;

  /** Only a file whose size is stored already is worth reading twice. */
  async function findStored(path: SharePath): Promise<StreamedFile | undefined> {
    const file = await source.open(path);
    if (!storedSizes.has(file.size)) {
      storedSizes.add(file.size);
      await file.close();
      return undefined;
    }
    const content = createContentHash(file.size);
    const read = await closing(file, () => hashInto(content, file));
    const digest = content.digest();
    const stored = !read.changed && (isKnown(digest.raw) || earlier.find(digest.raw) !== undefined);
    return stored ? { read, content: digest, placed: undefined } : undefined;
  }

  async function stream(path: SharePath): Promise<StreamedFile> {
    const file = await source.open(path);
    const { size } = file;
    const name = `${packPrefix}-0-${String(++number).padStart(6, '0')}`;
    const headers = tarHeaders({ type: 'File', path, size, mtime: file.mtime, ...(file.ctime ? { ctime: file.ctime } : {}) });
    const content = createContentHash(size);
    const pack = sink.open(name);
    try {
      const read = await closing(file, () => writeMember({ file, headers, content, pack }));
      const length = pack.bytes();
      const digest = content.digest();
      await pack.write(skippableFrame(Buffer.from(JSON.stringify({ path, hash: digest.text }))));
      pack.close();
      return { read: { ...read, size }, content: digest, placed: { pack: name, offset: 0, length, skip: headers.length } };
    } catch (error) {
      pack.abort();
      throw error;
    }
  }

  return {
    async copy(path: SharePath): Promise<StreamedFile> {
      return (await findStored(path)) ?? (await stream(path));
    },
    credit: sink.credit,
  };
}

interface MemberParts {
  readonly file: OpenFile;
  readonly headers: Buffer;
  readonly content: ReturnType<typeof createContentHash>;
  readonly pack: PackSink;
}

async function writeMember({ file, headers, content, pack }: MemberParts) {
  const buffer = Buffer.allocUnsafe(limits.frame);
  let filled = headers.copy(buffer);
  for (let left = file.size; left > 0;) {
    const chunk = await readExactly(file, buffer.subarray(filled, filled + Math.min(left, buffer.length - filled)));
    content.update(chunk);
    left -= chunk.length;
    filled += chunk.length;
    if (filled < buffer.length) continue;
    await pack.write(compressFrame(buffer));
    filled = 0;
  }
  const tail = Buffer.concat([buffer.subarray(0, filled), padding(file.size)]);
  if (tail.length > 0) await pack.write(compressFrame(tail));
}

async function closing(file: OpenFile, work: () => Promise<void>): Promise<ReadResult> {
  try {
    await work();
  } catch (error) {
    await file.close();
    throw error;
  }
  return file.close();
}

async function hashInto(content: ReturnType<typeof createContentHash>, file: OpenFile) {
  const buffer = Buffer.allocUnsafe(limits.frame);
  for (let bytes = await file.read(buffer); bytes > 0; bytes = await file.read(buffer)) {
    content.update(buffer.subarray(0, bytes));
  }
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
