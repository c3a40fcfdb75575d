import type { DatabaseBackup } from '../../src/contracts/database-backup';
import type { FileShareRecord, RecoveryPoint } from '../../src/contracts/recovery-point';
import type { Runbook, RunbookCommand, Text } from '../../src/contracts/runbook';

const sha256 = 'ab'.repeat(32);
const blob = { size: 10, sha256 };
const id = '20261122T020000Z-7f3a';

export function databaseNamed(database: string, changes: Partial<DatabaseBackup> = {}): DatabaseBackup {
  return {
    server: 'sql1.contoso.local:1433',
    database,
    serverVersion: '15.0.4123.1',
    edition: 'Enterprise Edition (64-bit)',
    recoveryModel: 'FULL',
    serverFacts: { productLevel: 'RTM', collation: 'Latin1_General_CI_AS', containedAuthentication: true, hadrEnabled: false },
    databaseFacts: {
      state: 'ONLINE',
      containment: 'PARTIAL',
      collation: 'Latin1_General_CI_AS',
      encrypted: false,
      logReuseWait: 'NOTHING',
      files: [
        { logicalName: database, physicalName: String.raw`D:\Data\hosting.mdf`, type: 'ROWS', size: 8192 },
        { logicalName: 'log', physicalName: String.raw`E:\Log\hosting.ldf`, type: 'LOG', size: 8192 },
      ],
      users: { count: 1, first: [{ name: 'web', authentication: 'DATABASE' }] },
    },
    files: [{ key: `databases/${id}/sql1/x.bak`, ...blob }],
    proof: {
      source: 'msdb',
      backupSetId: '1',
      hasChecksums: true,
      isDamaged: false,
      isCopyOnly: true,
      compressed: true,
      ...{ firstLsn: '1', lastLsn: '2', checkpointLsn: '1', databaseBackupLsn: '0' },
      startedAt: '2026-11-22T02:00:10.000Z',
      finishedAt: '2026-11-22T02:01:10.000Z',
    },
    verifyOnly: { passed: true, at: '2026-11-22T02:01:30.000Z' },
    warnings: [],
    ...changes,
  };
}

export function shareRecord(changes: Partial<FileShareRecord> = {}): FileShareRecord {
  const counts = { files: 100, directories: 3, symlinks: 0, bytes: 12_345, added: 0, changed: 0, removed: 0, unchanged: 100 };
  return {
    status: 'succeeded',
    source: String.raw`\\fs01.contoso.local\WebSites`,
    excludes: [],
    counts: { ...counts, bytesRead: 0, bytesStored: 0, reused: 0, failed: 0, stale: 0, excluded: 0 },
    segments: [],
    packs: { key: 'index/x.packs.ndjson.zst', ...blob, count: 1, bytes: 10 },
    content: [],
    failed: { first: [] },
    startedAt: '2026-11-22T02:00:10.000Z',
    bulkFinishedAt: '2026-11-22T02:02:00.000Z',
    finishedAt: '2026-11-22T02:02:10.000Z',
    ...changes,
  };
}

export function pointWith(changes: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return {
    formatVersion: 1,
    id,
    repositoryId: 'aaaaaaaa-0000-4000-8000-000000000001',
    stamp: 'north',
    sequence: 22,
    previous: null,
    outcome: 'complete',
    components: ['databases', 'fileshare', 'secrets'],
    trigger: 'timer',
    hubkeepVersion: '0.1.0',
    startedAt: '2026-11-22T02:00:00.000Z',
    committedAt: '2026-11-22T02:03:00.000Z',
    databases: { status: 'succeeded', items: [{ status: 'succeeded', ...databaseNamed('appservice_hosting') }] },
    fileshare: shareRecord(),
    secrets: {
      status: 'succeeded',
      vault: 'https://keys.vault.azure.net',
      name: 'north-SystemSecrets',
      version: '0123456789abcdef0123456789abcdef',
      capturedAt: '2026-11-21T20:00:00.000Z',
      stored: false,
      size: 2000,
    },
    skewSeconds: 60,
    warnings: [],
    notCarried: ['access control lists'],
    ...changes,
  };
}

export function commandsIn({ sections }: Runbook): RunbookCommand[] {
  return sections.flatMap(({ steps }) => steps.flatMap(({ items }) => items.filter((item) => item.type === 'command')));
}

export function commandOf(runbook: Runbook, id: string): RunbookCommand {
  const command = commandsIn(runbook).find((each) => each.id === id);
  if (command === undefined) throw new Error(`There is no command ${id}`);
  return command;
}

/** As a reader sees it, without what tells values from words. */
export function plainText(text: Text): string {
  return text.map((piece) => (typeof piece === 'string' ? piece : piece.value)).join('');
}

export function noticesIn({ warnings }: Runbook): Record<string, string> {
  return Object.fromEntries(warnings.map(({ code, text }) => [code, plainText(text)]));
}
