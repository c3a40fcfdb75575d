import { compressFrame, decompressFrames } from '../zstd';
import type { ContentBytes } from './content-bytes';
import { damagedContent, namesPerFrame } from './content-format';

/** Far above what 256 names take; bounds what a damaged frame can make a reader allocate. */
const frameLimit = 1024 * 1024;
const newline = 10;

/** Names in zstd frames of 256, each name ended by a newline. */
export async function* nameFrames(names: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let open: string[] = [];
  const close = () => {
    const frame = compressFrame(Buffer.from(open.map((name) => `${name}\n`).join('')));
    open = [];
    return frame;
  };
  for await (const name of names) {
    open.push(name);
    if (open.length === namesPerFrame) yield close();
  }
  if (open.length > 0) yield close();
}

/** The names of one frame, as bytes. */
export function openNames(frame: Buffer, key: string): Buffer {
  try {
    return decompressFrames(frame, frameLimit);
  } catch (error) {
    throw damagedContent(key, 'has a damaged list of packs', error);
  }
}

/** @param pack its number; `names` is the frame it is in. */
export function nameIn(names: Buffer, pack: number, key: string): string {
  let start = 0;
  let end = names.indexOf(newline);
  for (let skip = pack % namesPerFrame; skip > 0 && end >= 0; skip--) {
    start = end + 1;
    end = names.indexOf(newline, start);
  }
  if (end < 0) throw damagedContent(key, `names no pack ${pack}`);
  return names.toString('utf8', start, end);
}

/** Every name of a file in order. @param start where the first frame begins. */
export async function* allNames(bytes: ContentBytes, start: number, ends: Float64Array): AsyncGenerator<string> {
  let from = 0;
  for (const end of ends) {
    const names = openNames(await bytes.read(start + from, end - from), bytes.key);
    yield* names.toString('utf8').split('\n').slice(0, -1);
    from = end;
  }
}
