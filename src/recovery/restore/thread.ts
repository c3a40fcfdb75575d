import { HubkeepError } from '../../errors/hubkeep-error';
import { toProblem } from '../../errors/to-problem';
import type { FileWriter, LargeFile, TargetFile, Verdict } from '../../ports/file-target';
import { createContentHash } from '../../repository/content-hash';
import { cutFile, damagedFile, decompressExtent, type ProvenCut } from '../../repository/extent-reader';
import { releaseMemory } from '../../repository/release-memory';
import { frameAt } from '../../repository/zstd';
import type { ExtentToWrite, FromWriter, LargeToWrite, RefusedFile, ToWriter } from '../restore-protocol';

/** A frame may hold other files behind the last one wanted: at most one frame of 1 MiB, and room to spare. */
const frameSlack = 16 * 1024 * 1024;
/** A disk of this machine takes a tenth of it. */
const slowFileMs = 1;
/** Of a frame whose end is yet to come: what may come out of one hardly grows by being compressed. */
const longestFrame = frameSlack + 1024 * 1024;

interface OpenLarge extends LargeToWrite {
  readonly target: LargeFile;
  readonly hash: ReturnType<typeof createContentHash>;
  /** Bytes of a frame whose end is yet to come. */
  rest: Buffer;
  skip: number;
  left: number;
}

/** What runs in a writer thread: cuts, decompresses, proves and writes. */
export function createRestoreThread(writer: FileWriter): (message: ToWriter) => FromWriter {
  const open = new Map<number, OpenLarge>();
  let done = createCount();

  function writeExtent(pack: string, bytes: Buffer, { files }: ExtentToWrite) {
    const needed = files.reduce((most, { skip, size }) => Math.max(most, skip + size), 0);
    const content = needed === 0 ? bytes : decompressExtent(bytes, pack, needed + frameSlack);
    let cut: ProvenCut | undefined;
    for (const file of files) {
      cut = cutFile(file, content, { pack, before: cut });
      const started = performance.now();
      const verdict = writer.writeFile(file, cut.content);
      if (performance.now() - started > slowFileMs) done.slow += 1;
      done.bytes += file.size;
      done.count(file, verdict);
    }
    releaseMemory(content);
  }

  function writeFiles({ pack, bytes, extents }: Extract<ToWriter, { type: 'files' }>): FromWriter {
    const buffer = asBuffer(bytes);
    done = createCount();
    for (const extent of extents) {
      writeExtent(pack, buffer.subarray(extent.offset, extent.offset + extent.length), extent);
    }
    releaseMemory(buffer);
    return done.answer();
  }

  function writeLarge({ id, bytes, open: opened, last }: Extract<ToWriter, { type: 'large' }>): FromWriter {
    if (opened !== undefined) open.set(id, openLarge(opened));
    const large = open.get(id);
    if (large === undefined) throw new Error('a large file was not opened');
    const before = large.left;
    done = createCount();
    writeFrames(large, asBuffer(bytes));
    done.bytes = before - large.left;
    if (last) {
      open.delete(id);
      done.count(large.file, finishLarge(large));
    }
    return done.answer();
  }

  function openLarge({ pack, file }: LargeToWrite): OpenLarge {
    const hash = createContentHash(file.size);
    return { pack, file, target: writer.openLarge(file), hash, rest: Buffer.alloc(0), skip: file.skip, left: file.size };
  }

  return (message) => {
    try {
      if (message.type === 'look') return { type: 'looked', verdicts: message.files.map(writer.look) };
      return message.type === 'files' ? writeFiles(message) : writeLarge(message);
    } catch (error) {
      return { type: 'failed', problem: toProblem(error) };
    }
  };
}

function createCount() {
  const refused: RefusedFile[] = [];
  const replaced = { files: 0, bytes: 0 };
  const count = {
    bytes: 0,
    slow: 0,
    files: 0,
    count({ path, size }: TargetFile, verdict: Verdict) {
      count.files += 1;
      if (verdict.is === 'replace') {
        replaced.files += 1;
        replaced.bytes += size;
      } else if (verdict.is !== 'create') refused.push({ path, size, verdict });
    },
    answer(): FromWriter {
      const { files, bytes, slow } = count;
      return { type: 'done', files, bytes, slow, replaced, refused };
    },
  };
  return count;
}

function writeFrames(large: OpenLarge, bytes: Buffer) {
  const whole = Buffer.concat([large.rest, bytes]);
  releaseMemory(bytes);
  releaseMemory(large.rest);
  let rest = whole;
  for (let frame = nextFrame(rest, large.pack); frame !== undefined; frame = nextFrame(rest, large.pack)) {
    const content = decompressExtent(rest.subarray(0, frame), large.pack, frameSlack);
    const piece = content.subarray(large.skip, large.skip + large.left);
    large.skip = 0;
    large.left -= piece.length;
    large.hash.update(piece);
    large.target.write(piece);
    releaseMemory(content);
    rest = rest.subarray(frame);
  }
  if (rest.length > longestFrame) throw new HubkeepError('format.damaged', `pack ${large.pack} holds a frame without an end`);
  large.rest = Buffer.from(rest);
  releaseMemory(whole);
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Buffer<ArrayBuffer> {
  return Buffer.from(buffer, byteOffset, length);
}

function nextFrame(bytes: Buffer, pack: string): number | undefined {
  try {
    return frameAt(bytes, 0)?.length;
  } catch (error) {
    throw new HubkeepError('format.damaged', `pack ${pack} is damaged`, { cause: error });
  }
}

function finishLarge({ pack, file, target, hash, rest, left }: OpenLarge): Verdict {
  if (rest.length > 0 || left > 0 || hash.digest().text !== file.hash) throw damagedFile(file.path, pack);
  return target.finish();
}
