// What a reparse point holds (MS-FSCC 2.1.2.2 to 2.1.2.5).
import { reparseTag } from './entry';
import { createReader } from './reader';

/** The most a reparse point holds (MS-FSCC 2.1.2.2). */
export const maxReparseData = 16_384;
const what = 'reparse point';

export interface ReparsePoint {
  readonly tag: number;
  /** Where a symlink or mount point leads, as it is written: `..\\a`, `\\??\\D:\\a`. */
  readonly target: string | undefined;
}

export function parseReparsePoint(data: Buffer): ReparsePoint {
  const reader = createReader(data, what);
  const tag = reader.u32(0);
  const pathAt = tag === reparseTag.symlink ? 20 : tag === reparseTag.mountPoint ? 16 : undefined;
  if (pathAt === undefined) return { tag, target: undefined };
  return { tag, target: reader.utf16(pathAt + reader.u16(8), reader.u16(10)) };
}
