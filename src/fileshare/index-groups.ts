import { hash } from 'node:crypto';
import type { Segment } from '../contracts/recovery-point';
import type { BlobStore } from '../ports/blob-store';
import { fromLine } from '../repository/index-entry';
import type { SegmentLines } from '../repository/index-reader';
import { layout } from '../repository/layout';
import { releaseMemory } from '../repository/release-memory';
import { compact, compressFrameAside } from '../repository/zstd';
import { limits } from './limits';

interface HeldSegment {
  /** Before compression. */
  readonly size: number;
  readonly bytes: Promise<Buffer>;
  readonly segment: Promise<Segment>;
  /** Packs, in the order they were begun, that its lines may point to. */
  readonly packs: number;
}

export interface ClosingGroup {
  /** Undefined where there is nothing to record. */
  readonly lines: readonly (string | undefined)[];
  /** The segment this group is the range of. */
  readonly base: SegmentLines | undefined;
  /** Packs, in the order they were begun, that its lines may point to. */
  readonly packs: number;
}

export interface IndexGroupsOptions {
  readonly store: BlobStore;
  readonly runId: string;
  /** Opaque start of segment names, different for every attempt. */
  readonly prefix: string;
}

/**
 * Turns lines into segments. A group is what one segment of the base covers (or so many entries, where there is none):
 * when nothing in it changed, the base's segment is referenced and not written again.
 */
export function createIndexGroups({ store, runId, prefix }: IndexGroupsOptions) {
  const segments: Promise<Segment>[] = [];
  const held: HeldSegment[] = [];
  let heldBytes = 0;
  let number = 0;

  function hold(lines: readonly string[], packs: number) {
    const first = lines[0];
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return;
    const text = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
    const key = layout.segment(runId, `${prefix}-${String(++number).padStart(6, '0')}`);
    const { length } = text;
    const bytes = compressFrameAside(text).then(compact);
    // Given back at once: what waits for its packs would otherwise be held twice.
    bytes.finally(() => releaseMemory(text)).catch(() => undefined);
    const segment = bytes.then((compressed) => ({
      key,
      size: compressed.length,
      sha256: hash('sha256', compressed, 'hex'),
      first: fromLine(first).entry.path,
      last: fromLine(last).entry.path,
      entries: lines.length,
    }));
    // Whoever writes them hears of it; a box that failed before has nobody to tell.
    segment.catch(() => undefined);
    held.push({ size: length, bytes, segment, packs });
    heldBytes += length;
    segments.push(segment);
  }

  async function put({ bytes, segment }: HeldSegment) {
    const { key, sha256 } = await segment;
    const content = await bytes;
    await store.put(key, content, { onlyIfAbsent: true, sha256 });
    releaseMemory(content);
  }

  return {
    /** In path order. */
    segments: () => Promise.all(segments),
    /** Bytes, before compression, that wait for their packs. */
    heldBytes: () => heldBytes,
    /** Closes a group whose every line has come. */
    close({ lines: places, base, packs }: ClosingGroup) {
      const lines = places.filter((line) => line !== undefined);
      const same = base?.lines.length === lines.length && base.lines.every((line, i) => line === lines[i]);
      if (base !== undefined && same) {
        segments.push(Promise.resolve(base.segment));
        return;
      }
      const parts = Math.max(1, Math.round(lines.length / limits.segmentEntries));
      const size = Math.ceil(lines.length / parts);
      for (let at = 0; at < lines.length; at += size) hold(lines.slice(at, at + size), packs);
    },
    /** Stores the segments whose packs are stored: packs come before the index. */
    async write(areStored: (packs: number) => boolean) {
      const ready: HeldSegment[] = [];
      for (let first = held[0]; first !== undefined && areStored(first.packs); first = held[0]) {
        ready.push(first);
        held.shift();
        heldBytes -= first.size;
      }
      await Promise.all(ready.map(put));
    },
  };
}
