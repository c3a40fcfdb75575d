import { hash } from 'node:crypto';
import type { Segment } from '../contracts/recovery-point';
import type { SharePath } from '../contracts/share-path';
import type { BlobStore } from '../ports/blob-store';
import type { IndexLine } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { compressFrame } from '../repository/zstd';
import { limits } from './limits';

/** A place in path order whose line may still be on its way from a pack thread. */
export interface Slot {
  readonly path: SharePath;
  line: IndexLine | undefined;
}

interface HeldSegment {
  readonly bytes: Buffer;
  readonly segment: Segment;
}

export interface IndexGroupsOptions {
  readonly store: BlobStore;
  readonly runId: string;
  /** Opaque start of segment names, different for every attempt. */
  readonly prefix: string;
}

/**
 * Turns slots into segments. A group is what one segment of the base covers (or so many entries, where there is none):
 * when nothing in it changed, the base's segment is referenced and not written again.
 */
export function createIndexGroups({ store, runId, prefix }: IndexGroupsOptions) {
  const segments: Segment[] = [];
  let held: HeldSegment[] = [];
  let heldBytes = 0;
  let number = 0;

  function hold(lines: readonly IndexLine[]) {
    const first = lines[0];
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return;
    const text = lines.map(({ line }) => `${line}\n`).join('');
    const bytes = compressFrame(Buffer.from(text, 'utf8'));
    const segment: Segment = {
      key: layout.segment(runId, `${prefix}-${String(++number).padStart(6, '0')}`),
      size: bytes.length,
      sha256: hash('sha256', bytes, 'hex'),
      first: first.entry.path,
      last: last.entry.path,
      entries: lines.length,
    };
    held.push({ bytes, segment });
    heldBytes += bytes.length;
    segments.push(segment);
  }

  return {
    /** In path order. */
    segments,
    /** Compressed bytes that wait for `write`. */
    heldBytes: () => heldBytes,
    /** Closes a group whose every slot is settled. @param base the segment this group is the range of, with its lines. */
    close(slots: readonly Slot[], base?: { readonly segment: Segment; readonly lines: readonly IndexLine[] }) {
      const lines = slots.flatMap(({ line }) => (line === undefined ? [] : [line]));
      const same = base?.lines.length === lines.length && base.lines.every(({ line }, i) => line === lines[i]?.line);
      if (base !== undefined && same) {
        segments.push(base.segment);
        return;
      }
      const parts = Math.max(1, Math.round(lines.length / limits.segmentEntries));
      const size = Math.ceil(lines.length / parts);
      for (let at = 0; at < lines.length; at += size) hold(lines.slice(at, at + size));
    },
    /** Stores what is held. Called only when every pack these lines point to is stored: packs come before the index. */
    async write() {
      const writing = held;
      held = [];
      heldBytes = 0;
      for (const { bytes, segment } of writing) {
        await store.put(segment.key, bytes, { onlyIfAbsent: true, sha256: segment.sha256 });
      }
    },
  };
}
