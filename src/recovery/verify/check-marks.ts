import { hash } from 'node:crypto';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { BlobStore } from '../../ports/blob-store';
import { layout } from '../../repository/layout';
import { readIfPresent } from '../../repository/read-if-present';
import type { Findings } from './finding';

/** Checks that what was marked on points is as it was written: a mark lost can make a suspect point look like any other. */
export async function checkMarks(store: BlobStore, points: readonly RecoveryPoint[], findings: Findings): Promise<void> {
  for (const { id } of points) {
    for await (const { key, sha256 } of store.list(layout.marks(id))) {
      const content = await readIfPresent(store, key);
      if (content === undefined || sha256 === undefined || hash('sha256', content, 'hex') === sha256) continue;
      findings.add({ code: 'mark.changed', blob: key, message: 'holds other bytes than were stored', points: [id] });
    }
  }
}
