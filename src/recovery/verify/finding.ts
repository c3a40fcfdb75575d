import { shownPath, type SharePath } from '../../contracts/share-path';

/** What can be wrong with what is stored. Stable, like error codes. */
export const findingCodes = [
  // the chain of commit records
  'chain.gap',
  'chain.unreadable',
  'chain.broken',
  'record.missing',
  'record.changed',
  'record.unreadable',
  'record.digest',
  // blobs a record names
  'blob.missing',
  'blob.size',
  'blob.hash',
  'blob.changed',
  'blob.conflict',
  'pack.frames',
  'bak.damaged',
  // what the vault keeps
  'secrets.unreadable',
  // what is in the lists
  'packs.unreadable',
  'index.unreadable',
  'index.entry',
  'index.order',
  'index.extent',
  'index.counts',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  /** Or the version of a secret, by its address. */
  readonly blob: string;
  readonly message: string;
  /** Files of the share that cannot be trusted because of it: the first ones, and how many. */
  readonly files?: readonly string[];
  readonly filesHit?: number;
  /** Recovery points that need the blob. */
  readonly points: readonly string[];
}

const filesShown = 20;

/** Gathers findings, and the files each damaged blob takes with it. */
export function createFindings() {
  const found: Finding[] = [];
  const hits = new Map<string, Set<SharePath>>();

  function withFiles(finding: Finding): Finding {
    const paths = hits.get(finding.blob);
    if (paths === undefined) return finding;
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
