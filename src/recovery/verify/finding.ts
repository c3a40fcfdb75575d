import { shownPath, type SharePath } from '../../contracts/share-path';
import type { Finding } from '../../contracts/verification';
import { layout } from '../../repository/layout';

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

/** Of a blob that points need. */
export function findingOf(
  { key, what, points }: { readonly key: string; readonly what: string | undefined; readonly points: Iterable<string> },
  { code, message }: Pick<Finding, 'code' | 'message'>,
): Finding {
  return { code, blob: key, message, ...(what === undefined ? {} : { what }), points: [...points] };
}

/** What no backup of anything is lost with: it can be told from something else, or is only looked up. */
const harmless: readonly Finding['code'][] = ['record.digest', 'mark.changed', 'header.unreadable', 'header.other', 'chain.gap'];

/** True when a restore of the points that are named would not give back all they recorded. */
export function costsRestore({ code, what }: Finding): boolean {
  // A vault that does not answer from here says nothing of what it keeps.
  if (harmless.includes(code) || code === 'secrets.unreadable') return false;
  return what !== lookedUpOnly && what !== failedList && what !== instructions;
}

export const lookedUpOnly = 'what later runs look up so as to store no content twice; no restore needs it';
export const failedList = 'the list of files that could not be copied';
export const instructions = 'the runbook; hubkeep runbook makes another';
