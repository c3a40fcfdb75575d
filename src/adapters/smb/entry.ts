/** Times are FILETIMEs: 100 ns since 1601, UTC (MS-FSCC 2.1.1). */
export interface SmbInfo {
  /** Bytes; 0 of a directory. */
  readonly size: number;
  /** When the content changed last. */
  readonly mtime: bigint;
  /** When anything about the entry changed last; 0 where the server keeps no such time. */
  readonly changeTime: bigint;
  /** FILE_ATTRIBUTE_ bits (MS-FSCC 2.6). */
  readonly attributes: number;
}

export interface SmbEntry extends SmbInfo {
  readonly name: string;
  /** Of a reparse point, what kind it is (MS-FSCC 2.1.2.1). */
  readonly reparseTag: number | undefined;
}

export const attribute = { directory: 0x10, reparsePoint: 0x400, offline: 0x1000 } as const;

export const reparseTag = { mountPoint: 0xa000_0003, symlink: 0xa000_000c, dfs: 0x8000_000a } as const;

/** Tags with this bit stand for another entry; the rest belong to a filter that makes an ordinary file of what is stored. */
const nameSurrogate = 0x2000_0000;

export function isDirectory(info: Pick<SmbInfo, 'attributes'>): boolean {
  return (info.attributes & attribute.directory) !== 0;
}

/** Whether what is there stands for another entry, as symlinks, junctions and links of DFS do. */
export function isLink(tag: number): boolean {
  return (tag & nameSurrogate) !== 0 || tag === reparseTag.dfs;
}

const unitsPerMs = 10_000n;
const msFrom1601To1970 = 11_644_473_600_000n;

/** Nanoseconds since 1970. */
export function unixNanoseconds(time: bigint): bigint {
  return (time - msFrom1601To1970 * unitsPerMs) * 100n;
}
