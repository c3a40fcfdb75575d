import { execFileSync } from 'node:child_process';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import { createEmbeddedRuns } from '../../src/cli/embedded-runs';
import { compose } from '../../src/compose';
import { loadConfig } from '../../src/config/load-config';
import type { FileShareRecord, RecoveryPoint } from '../../src/contracts/recovery-point';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import type { IndexEntry } from '../../src/repository/index-entry';
import { fromLine } from '../../src/repository/index-entry';
import { readIndex } from '../../src/repository/index-reader';
import { openAzureStage, type AzureStage } from '../support/azure-stage';
import { collect } from '../support/collect';
import { openRegisteredApp } from '../support/registered-app';
import { silentLog } from '../support/silent-log';

let stage: AzureStage;
beforeAll(async () => {
  stage = await openAzureStage();
});
afterAll(() => stage.close());

test.each(['1', '3'])('both engines make the same recovery point of the same share, %s activities wide', async (width) => {
  const settings = (engine: string) => ({ ...stage.settings(`${engine}-${width}`), FILE_SHARE_WIDTH: width });
  await backUpDurably(settings('durable'));
  await backUpEmbedded(settings('embedded'));
  const durable = await describePoint(`durable-${width}`);
  expect(durable.entries).toHaveLength(77);
  expect(await describePoint(`embedded-${width}`)).toEqual(durable);
});

test('a second night three activities wide reuses every segment of the first', async () => {
  // Written just now, they would be read again.
  execFileSync('find', [stage.share, '-exec', 'touch', '-h', '-d', '2024-03-01', '{}', '+']);
  const settings = { ...stage.settings('two-nights'), FILE_SHARE_WIDTH: '3' };
  await backUpDurably(settings);
  const first = await shareOf('two-nights');
  await backUpDurably(settings);
  const second = await shareOf('two-nights');
  expect(first.segments.length).toBeGreaterThan(1);
  expect(second.segments).toEqual(first.segments);
  expect(second.counts).toMatchObject({ files: 64, unchanged: 64, added: 0, removed: 0 });
});

async function backUpDurably(settings: Record<string, string>) {
  const app = await openRegisteredApp(settings);
  try {
    const accepted = await app.invokeHttp({ method: 'POST', path: '/api/backups' });
    await app.waitFor((accepted.json() as { runId: string }).runId);
  } finally {
    await app.close();
  }
}

async function backUpEmbedded(settings: Record<string, string>) {
  const hubkeep = compose(loadConfig(settings), { log: silentLog, runsDependOnProcess: true });
  const { engine, startBackup } = createEmbeddedRuns(hubkeep);
  const { runId } = await startBackup({ components: hubkeep.config.components, trigger: 'http' });
  await engine.wait(runId);
}

/** Everything but ids, times and what compresses them. */
async function describePoint(container: string) {
  const store = storeOf(container);
  const { point } = await createRecoveryPoints(store).latest();
  const share = point.fileshare as FileShareRecord;
  const segments = await collect(readIndex(store, share.segments));
  const entries = segments.flatMap(({ lines }) => lines.map((line) => withoutPlace(fromLine(line).entry)));
  return { ...lasting(point), counts: { ...share.counts, bytesStored: 0 }, failed: share.failed, entries };
}

function storeOf(container: string) {
  const connectionString = stage.settings(container)['BACKUP_STORAGE_CONNECTION_STRING'] ?? '';
  return createAzureBlobStore({ connectionString }, container);
}

async function shareOf(container: string): Promise<FileShareRecord> {
  return (await createRecoveryPoints(storeOf(container)).latest()).point.fileshare as FileShareRecord;
}

function lasting({ stamp, sequence, previous, outcome, components, trigger, warnings, notCarried }: RecoveryPoint) {
  return { stamp, sequence, previous, outcome, components, trigger, warnings, notCarried };
}

/** Where content lies carries the run's id; `racy` says how soon after the share was made it was read. */
function withoutPlace(entry: IndexEntry) {
  return { ...entry, extent: undefined, racy: undefined };
}
