import { shownPath, type SharePath } from '../../contracts/share-path';
import type { Finding } from '../../contracts/verification';
import { layout } from '../../repository/layout';
import type { ExpectedBlob } from './expected-blobs';

const filesShown = 20;

/** Gathers findings, and the files each damaged blob takes with it. */
export function createFindings() {
  const found: Finding[] = [];
  const hits = new Map<string, Set<SharePath>>();

  function withFiles(finding: Finding): Finding {
    const paths = hits.get(finding.blob);
    if (paths === undefined) return finding.what === undefined && isPack(finding) ? { ...finding, what: noFile } : finding;
    return { ...finding, files: [...paths].slice(0, filesShown).map(shownPath), filesHit: paths.size };
  }

  return {
    add(finding: Finding) {
      found.push(finding);
    },
    /** A file whose content lies in a damaged part of a blob. */
    hit(blob: string, path: SharePath) {
      const paths = hits.get(blob) ?? new Set();
      hits.set(blob, paths.add(path));
    },
    all: (): Finding[] => found.map(withFiles),
  };
}
export type Findings = ReturnType<typeof createFindings>;

const noFile = 'in what is damaged, no file of these points';

function isPack({ blob }: Finding): boolean {
  return blob.startsWith(layout.allPacks);
}

/** Of a blob that points name. */
export function findingOf(
  { key, what, isNeeded, points }: Pick<ExpectedBlob, 'key' | 'what' | 'isNeeded' | 'points'>,
  { code, message }: Pick<Finding, 'code' | 'message'>,
): Finding {
  const about = { ...(what === undefined ? {} : { what }), ...(isNeeded ? {} : { notNeeded: true as const }) };
  return { code, blob: key, message, ...about, points: [...points] };
}
