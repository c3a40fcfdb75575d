import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore, ByteRange } from '../../ports/blob-store';
import { releaseMemory } from '../../repository/release-memory';

type OwnBytes = Uint8Array<ArrayBuffer>;

/** Cuts one answer of the store into parts, each in memory of its own. Parts may leave gaps and overlap by none. */
export async function* fetchParts<T extends { readonly range: ByteRange }>(
  chunks: AsyncIterable<Buffer>,
  { offset }: ByteRange,
  parts: readonly T[],
): AsyncGenerator<{ readonly part: T; readonly bytes: OwnBytes }> {
  let at = offset;
  let next = 0;
  let bytes: OwnBytes | undefined;
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    for (let part = parts[next]; part !== undefined && part.range.offset < end; part = parts[next]) {
      const { range } = part;
      bytes ??= Buffer.allocUnsafeSlow(range.length);
      const from = Math.max(range.offset - at, 0);
      const to = Math.min(range.offset + range.length - at, chunk.length);
      chunk.copy(bytes, at + from - range.offset, from, to);
      if (range.offset + range.length > end) break;
      yield { part, bytes };
      bytes = undefined;
      next += 1;
    }
    at = end;
    releaseMemory(chunk);
  }
  if (next < parts.length)
    throw new HubkeepError('format.damaged', `the pack ends at byte ${at}, before what the index says it holds`);
}

/** A range in pieces that come in order while later ones are on their way. */
export async function* fetchAhead(
  store: BlobStore,
  key: string,
  { range, pieceSize, ahead }: { range: ByteRange; pieceSize: number; ahead: number },
): AsyncGenerator<{ readonly bytes: OwnBytes; readonly isLast: boolean }> {
  const end = range.offset + range.length;
  const pieces: Promise<OwnBytes>[] = [];
  let offset = range.offset;
  const request = () => {
    const length = Math.min(pieceSize, end - offset);
    const piece = fetchPiece(store, key, { offset, length });
    piece.catch(() => undefined);
    pieces.push(piece);
    offset += length;
  };
  while (offset < end && pieces.length < ahead) request();
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    const bytes = await piece;
    if (offset < end) request();
    yield { bytes, isLast: pieces.length === 0 };
  }
}

async function fetchPiece(store: BlobStore, key: string, range: ByteRange): Promise<OwnBytes> {
  for await (const { bytes } of fetchParts(store.stream(key, range), range, [{ range }])) return bytes;
  throw new HubkeepError('format.damaged', `${key} has nothing at byte ${range.offset}`);
}
