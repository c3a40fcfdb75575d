import * as z from 'zod';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { decompressFrames } from '../../repository/zstd';
import { createFrameWalker } from '../frame-walker';
import { createMemberReader, type PackedMember } from './read-members';

export type PackEvent =
  | { readonly is: 'member'; readonly member: PackedMember }
  /** One line of a journal, as it is: of the index, or of a path that was removed. */
  | { readonly is: 'line'; readonly line: string }
  /** The hash of the large file that the pack is of. */
  | { readonly is: 'hash'; readonly path: string; readonly hash: string };

/** Far above what one frame of ours decompresses to. */
const frameLimit = 64 * 1024 * 1024;
const journalLimit = 1024 * 1024 * 1024;
const zstdMagic = 0xfd2fb528;
const trailerSchema = z.object({ path: z.string(), hash: z.string() });

/** Everything that a pack tells, in order. Throws `store.not-found` or `format.damaged`. */
export async function readPack(store: BlobStore, pack: string, onEvent: (event: PackEvent) => void): Promise<void> {
  const members = createMemberReader((member) => {
    onEvent({ is: 'member', member });
  });
  const walker = createFrameWalker(({ offset, bytes, skippable }) => {
    if (skippable) readSkippable(bytes.subarray(8), onEvent);
    else members.push({ offset, length: bytes.length, content: decompressFrames(bytes, frameLimit) });
  });
  for await (const chunk of store.stream(layout.pack(pack))) walker.push(chunk);
  const brokenAt = walker.end();
  if (brokenAt !== undefined) throw new HubkeepError('format.damaged', `pack ${pack} has no zstd frame at byte ${brokenAt}`);
  members.end();
}

function readSkippable(content: Buffer, onEvent: (event: PackEvent) => void) {
  if (content.length >= 4 && content.readUInt32LE(0) === zstdMagic) {
    const lines = decompressFrames(content, journalLimit).toString('utf8').split('\n').slice(0, -1);
    for (const line of lines) onEvent({ is: 'line', line });
    return;
  }
  const trailer = trailerSchema.safeParse(JSON.parse(content.toString('utf8')));
  if (trailer.success) onEvent({ is: 'hash', ...trailer.data });
}
