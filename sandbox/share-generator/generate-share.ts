import { mkdirSync, readdirSync } from 'node:fs';
import { writeLargeFiles } from './large-files';
import { writeOddFiles } from './odd-files';
import { copySites } from './sites';

export interface ShareOptions {
  /** Files copied into sites; the odd and the large ones come on top. */
  readonly files?: number;
}

export interface GeneratedShare {
  readonly sites: number;
  readonly copied: number;
  /** Odd entries that this disk or platform cannot hold. */
  readonly refused: readonly string[];
}

/**
 * Fills a new or empty directory with what a tenant file share holds: sites with real files, many of them the same in
 * several sites, and beside them every awkward entry a Linux disk can hold. The same machine gives the same share.
 *
 * It does not make what Linux as root cannot: locked files, denied reads, junctions, alternate streams, ACLs.
 */
export async function generateShare(directory: string, { files = 8000 }: ShareOptions = {}): Promise<GeneratedShare> {
  mkdirSync(directory, { recursive: true });
  if (readdirSync(directory).length > 0) throw new Error(`${directory} is not empty`);
  const { sites, copied } = copySites(directory, files);
  writeLargeFiles(directory);
  const refused = writeOddFiles(directory);
  return { sites, copied, refused };
}
