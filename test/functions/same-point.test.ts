import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';
import { createEmbeddedRuns } from '../../src/cli/embedded-runs';
import { compose } from '../../src/compose';
import { loadConfig } from '../../src/config/load-config';
import type { FileShareRecord, RecoveryPoint } from '../../src/contracts/recovery-point';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import type { IndexEntry } from '../../src/repository/index-entry';
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

test('both engines make the same recovery point of the same share', async () => {
  await backUpDurably('durable');
  await backUpEmbedded('embedded');
  const durable = await describePoint('durable');
  expect(durable.entries).toHaveLength(77);
  expect(await describePoint('embedded')).toEqual(durable);
});

async function backUpDurably(container: string) {
  const app = await openRegisteredApp(stage.settings(container));
  try {
    const accepted = await app.invokeHttp({ method: 'POST', path: '/api/backups' });
    await app.waitFor((accepted.json() as { runId: string }).runId);
  } finally {
    await app.close();
  }
}

async function backUpEmbedded(container: string) {
  const hubkeep = compose(loadConfig(stage.settings(container)), { log: silentLog, runsDependOnProcess: true });
  const { engine, startBackup } = createEmbeddedRuns(hubkeep);
  const { runId } = await startBackup({ components: hubkeep.config.components, trigger: 'http' });
  await engine.wait(runId);
}

/** Everything but ids, times and what compresses them. */
async function describePoint(container: string) {
  const connectionString = stage.settings(container)['BACKUP_STORAGE_CONNECTION_STRING'] ?? '';
  const store = createAzureBlobStore({ connectionString }, container);
  const { point } = await createRecoveryPoints(store).latest();
  const share = point.fileshare as FileShareRecord;
  const segments = await collect(readIndex(store, share.segments));
  const entries = segments.flatMap(({ lines }) => lines.map(({ entry }) => withoutPlace(entry)));
  return { ...lasting(point), counts: { ...share.counts, bytesStored: 0 }, failed: share.failed, entries };
}

function lasting({ stamp, sequence, previous, outcome, components, trigger, warnings, notCarried }: RecoveryPoint) {
  return { stamp, sequence, previous, outcome, components, trigger, warnings, notCarried };
}

/** Where content lies carries the run's id; `racy` says how soon after the share was made it was read. */
function withoutPlace(entry: IndexEntry) {
  return { ...entry, extent: undefined, racy: undefined };
}
