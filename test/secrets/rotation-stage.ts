import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startAppServiceAdmin, type AppServiceAdmin } from '../../sandbox/app-service-admin/start-app-service-admin';
import { createKeepSystemSecrets } from '../../src/activities/keep-system-secrets';
import { createAppServiceAdmin } from '../../src/adapters/app-service-admin/app-service-admin';
import { createCredential } from '../../src/adapters/azure-identity/create-credential';
import { createLocalDropFile } from '../../src/adapters/local-drop-file/local-drop-file';
import type { KeptSecrets } from '../../src/contracts/activities';
import type { Outcome, Succeeded } from '../../src/contracts/outcome';
import type { BlobStore } from '../../src/ports/blob-store';
import { createSystemSecretsKeeper } from '../../src/secrets/keep-system-secrets';
import { watchRotation } from '../../src/secrets/rotation-watch';
import { createSystemSecretsStore } from '../../src/secrets/store-system-secrets';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createRecordingLog } from '../support/recording-log';
import { openVaultStage, type VaultStage } from './vault-stage';

export const day = 86_400_000;
export const hour = day / 24;

/** The secrets component with the watch for rotated secrets, its vault and the admin API, night after night. */
export interface RotationStage extends VaultStage {
  readonly admin: AppServiceAdmin;
  readonly store: BlobStore;
  /** Leaves a file to be picked up. */
  drop(part: string): void;
  /** As if something picked it up at once, outside of a run. */
  capture(part: string): Promise<void>;
  /** The activity as the engine runs it, after a day has passed. */
  night(afterMs?: number): Promise<Outcome<KeptSecrets>>;
  kept(afterMs?: number): Promise<Succeeded<KeptSecrets>>;
  /** The last night's activity once more, as when its result was lost. */
  again(): Promise<Outcome<KeptSecrets>>;
  /** Everything that outcomes and the log said. */
  said(): string;
}

export async function openRotationStage(): Promise<RotationStage> {
  const stage = await openVaultStage();
  const { clock, directory } = stage;
  const admin = await startAppServiceAdmin(stage);
  const store = createMemoryBlobStore();
  const { log, entries } = createRecordingLog();
  const dropPath = path.join(directory, 'SystemSecrets.JSON');
  const contentOf = (part: string) => JSON.stringify({ Keys: [`CANARY-${part}`] });
  const said: string[] = [];
  let nights = 0;

  async function keep(): Promise<Outcome<KeptSecrets>> {
    const secrets = createSystemSecretsStore({ vault: stage.connect(), clock, stampName: 'east' });
    const keeper = createSystemSecretsKeeper({ store: secrets, dropFile: createLocalDropFile(dropPath), clock, log });
    const credential = createCredential({ instanceDiscovery: false });
    const source = createAppServiceAdmin({ ...admin, credential, answerWithinMs: 2_000 });
    const outcome = await createKeepSystemSecrets(watchRotation(keeper, { source, store, clock, log }))({
      runId: `run-${nights}`,
    });
    said.push(JSON.stringify(outcome));
    return outcome;
  }

  function night(afterMs = day): Promise<Outcome<KeptSecrets>> {
    clock.advance(afterMs);
    nights += 1;
    return keep();
  }

  return {
    ...stage,
    admin,
    store,
    night,
    again: keep,
    drop: (part) => writeFileSync(dropPath, contentOf(part)),
    async capture(part) {
      writeFileSync(dropPath, contentOf(part));
      const secrets = createSystemSecretsStore({ vault: stage.connect(), clock, stampName: 'east' });
      await secrets.store({ content: Buffer.from(contentOf(part)), source: dropPath, runId: 'drop' });
    },
    async kept(afterMs) {
      const outcome = await night(afterMs);
      if (outcome.status !== 'succeeded') throw new Error(`failed: ${outcome.problem.code}`);
      return outcome;
    },
    said: () => said.concat(JSON.stringify(entries)).join('\n'),
    async close() {
      await Promise.all([admin.close(), stage.close()]);
    },
  };
}
