import type { RunbookFormat } from '../contracts/runbook';

/** Every blob name of a repository is built here and nowhere else. See docs/storage-format.md. */
export const layout = {
  header: 'hubkeep.json',
  runLock: 'locks/run.json',
  points: 'recovery-points/',
  point: (id: string) => `recovery-points/${id}/recovery-point.json`,
  pointDigest: (id: string) => `recovery-points/${id}/recovery-point.json.sha256`,
  /** How to recover from it, for people. */
  runbook: (id: string, format: RunbookFormat) => `recovery-points/${id}/runbook.${format}`,
  marks: (id: string) => `recovery-points/${id}/marks/`,
  mark: (id: string, { at, kind }: { at: string; kind: string }) =>
    `recovery-points/${id}/marks/${at.replace(/[-:.]/g, '')}-${kind}.json`,
  /** What the name of a mark says of it. */
  markNamed(key: string): { readonly kind: string; readonly at: string } | undefined {
    const found = /\/marks\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})?Z-([^/]+)\.json$/.exec(key);
    if (found === null) return undefined;
    const [, year, month, day, hour, minute, second, ms = '000', kind = ''] = found;
    return { kind, at: `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z` };
  },
  chain: 'chain/',
  chainLink: (sequence: number) => `chain/${String(sequence).padStart(8, '0')}.json`,
  sequenceOf: (chainKey: string) => Number(/(\d+)\.json$/.exec(chainKey)?.[1]),
  /** When each blob was last read whole, for verifications that read a sample. */
  readLedger: 'verification/read.ndjson.zst',
  /** What was known last of the state of App Service's secrets: names and dates, no secret. */
  secretStatus: 'secrets/status.json',
  restoreLock: 'locks/restore.json',
  restore: (runId: string) => `restores/${runId}/restore.json`,
  restoreFiles: (runId: string) => `restores/${runId}/`,
  restoreCancel: (runId: string) => `restores/${runId}/cancel.json`,
  restoreBoxes: (runId: string) => `restores/${runId}/boxes/`,
  restoreBox: (runId: string, name: string) => `restores/${runId}/boxes/${name}.json`,
  drills: 'drills/',
  drill: (id: string) => `drills/${id}.json`,
  /** What a drill's steps hand each other. */
  drillFiles: (id: string) => `drills/${id}/`,
  drillBox: (id: string, box: number) => `drills/${id}/box-${String(box).padStart(6, '0')}.json`,
  drillVerification: (id: string) => `drills/${id}/verification.json`,
  runs: 'runs/',
  run: (runId: string) => `runs/${runId}/run.json`,
  runFiles: (runId: string) => `runs/${runId}/`,
  /** @param folder of a run or a restore. */
  progress: (folder: string, activity: string) => `${folder}progress/${activity}.json`,
  cancel: (runId: string) => `runs/${runId}/cancel.json`,
  /** The commit record before it is one, and its runbook. */
  settledCommit: (runId: string) => `runs/${runId}/commit.json`,
  partitions: (runId: string) => `runs/${runId}/fileshare/partitions.json`,
  boxResult: (runId: string, { pass, partition, box }: { pass: string; partition: number; box: number }) =>
    `runs/${runId}/fileshare/${pass}-${String(partition).padStart(4, '0')}-${String(box).padStart(6, '0')}.json`,
  databaseResult: (runId: string, server: string, slug: string) => `runs/${runId}/databases/${server}/${slug}.json`,
  allPacks: 'packs/',
  packs: (runId: string) => `packs/${runId}/`,
  /** @param pack `{runId}/{name}`, as extents and pack lists name it. */
  pack: (pack: string) => `packs/${pack}.tar.zst`,
  /** The name in extents and pack lists of the pack in a blob. */
  packOf: (key: string) => key.replace(/^packs\//, '').replace(/\.tar\.zst$/, ''),
  segment: (runId: string, name: string) => `index/${runId}/${name}.ndjson.zst`,
  /** What could be told again of a segment that is lost, where it is not what was lost byte for byte. */
  rebuiltSegment: (segment: string) => `${segment}.rebuilt`,
  packList: (runId: string, name: string) => `index/${runId}/${name}.packs.ndjson.zst`,
  failedFiles: (runId: string, name: string) => `index/${runId}/${name}.failed.ndjson.zst`,
  content: (runId: string, name: string) => `content/${runId}/${name}.bin`,
  /** What lies under it may be in the container that SQL Server writes to by itself instead. */
  databases: 'databases/',
  /** The first stripe; the others have `stripeSuffix` behind it, which no slug can make. */
  database: (runId: string, server: string, slug: string) => `databases/${runId}/${server}/${slug}.bak`,
} as const;

/** What follows the name of the first stripe of a backup in those of the others: `.01`, `.02`. @param stripe counts from 0. */
export function stripeSuffix(stripe: number): string {
  return stripe === 0 ? '' : `.${String(stripe).padStart(2, '0')}`;
}

/** True for what one step of a run leaves for a later one, or for its own next attempt, and nobody asks for afterwards. */
export function isHandOver(key: string): boolean {
  return /^runs\/[^/]+\/(?:(?:fileshare|databases)\/|commit\.json$)/.test(key);
}

/** Prefixes that hold one folder per run; what a dead run left behind is found under them. */
export const perRunPrefixes = ['packs/', 'index/', 'content/', 'databases/', 'recovery-points/'] as const;

/** The run a blob under one of `perRunPrefixes`, or under `runs/`, belongs to. */
export function runOf(key: string): string {
  return key.split('/')[1] ?? '';
}
