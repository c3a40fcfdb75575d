import type { RecoveryPoint } from '../../contracts/recovery-point';
import { codeOf, isHubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { readHeader } from '../../repository/repository-header';
import type { Findings } from './finding';

const told = ['format.damaged', 'format.unsupported-version', 'store.not-found'];

/** Checks the repository's own document: records say once more what it says, so that it can be written again from them. */
export async function checkHeader(store: BlobStore, points: readonly RecoveryPoint[], findings: Findings): Promise<void> {
  const blob = layout.header;
  const ids = points.map(({ id }) => id);
  try {
    const { repositoryId } = await readHeader(store);
    const others = points.filter((point) => point.repositoryId !== repositoryId).map(({ id }) => id);
    if (others.length === 0) return;
    const message = `says that this is repository ${repositoryId}, and records of points say that it is another`;
    findings.add({ code: 'header.other', blob, message, points: others });
  } catch (error) {
    if (!isHubkeepError(error) || !told.includes(codeOf(error) ?? '')) throw error;
    findings.add({ code: 'header.unreadable', blob, message: error.message, points: ids });
  }
}
