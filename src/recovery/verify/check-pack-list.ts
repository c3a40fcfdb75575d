import { packSchema, type FileShareRecord, type PackReference } from '../../contracts/recovery-point';
import { toProblem } from '../../errors/to-problem';
import type { BlobStore } from '../../ports/blob-store';
import { parseJson } from '../../repository/json-blob';
import { decompressFrames } from '../../repository/zstd';
import type { Findings } from './finding';
import { readProven } from './read-proven';

const packList = 'the list of the packs that hold the share';
const listLimit = 1024 * 1024 * 1024;

/** The packs a point needs; nothing when its list cannot be relied upon. */
export async function checkPackList(
  store: BlobStore,
  { id, share: { packs } }: { readonly id: string; readonly share: FileShareRecord },
  findings: Findings,
): Promise<PackReference[] | undefined> {
  const content = await readProven(store, { blob: packs, points: [id], what: packList }, findings);
  if (content === undefined) return undefined;
  const report = (message: string) => {
    findings.add({ code: 'packs.unreadable', blob: packs.key, message, what: packList, points: [id] });
  };
  try {
    const listed = decompressFrames(content, listLimit)
      .toString('utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => parseJson(packs.key, Buffer.from(line), packSchema));
    const bytes = listed.reduce((sum, { size }) => sum + size, 0);
    if (listed.length !== packs.count || bytes !== packs.bytes)
      report(`lists ${listed.length} packs of ${bytes} bytes; the record says ${packs.count} of ${packs.bytes}`);
    return listed;
  } catch (error) {
    report(toProblem(error).message);
    return undefined;
  }
}
