import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createKeepSystemSecrets } from '../../src/activities/keep-system-secrets';
import { createLocalDropFile } from '../../src/adapters/local-drop-file/local-drop-file';
import type { Outcome, Problem, Succeeded } from '../../src/contracts/outcome';
import type { DropFile } from '../../src/ports/drop-file';
import type { Log, LogFields } from '../../src/ports/log';
import { createSystemSecretsKeeper, type KeptSystemSecrets } from '../../src/secrets/keep-system-secrets';
import { createSystemSecretsDesk, type SystemSecretsDesk } from '../../src/secrets/system-secrets-desk';
import { createSystemSecretsStore } from '../../src/secrets/store-system-secrets';
import { openVaultStage, type VaultStage } from './vault-stage';

/** In every content a test stores, and in nothing that may be said about it. */
export const canary = 'CANARY-7e21-content';

export const secretName = 'east-stamp-SystemSecrets';

export function contentOf(part: string): string {
  return `{\r\n  "Keys": [{ "Value": "${canary}-${part}" }]\r\n}\r\n`;
}

export interface KeepOptions {
  readonly maxAgeDays?: number;
  /** False: no SYSTEM_SECRETS_PATH is set. A local file when not given. */
  readonly dropFile?: boolean | DropFile;
  /** SYSTEM_SECRETS_WIPE. */
  readonly wipe?: boolean;
}

/** The secrets component against the vault double, run as the engine runs it. */
export interface KeepStage extends VaultStage {
  readonly dropPath: string;
  drop(content: string | Uint8Array): void;
  keep(runId: string, options?: KeepOptions): Promise<Outcome<KeptSystemSecrets>>;
  kept(runId: string, options?: KeepOptions): Promise<Succeeded<KeptSystemSecrets>>;
  problemOf(runId: string, options?: KeepOptions): Promise<Problem>;
  /** Somebody at the desk, with a client of their own. */
  deskOf(): SystemSecretsDesk;
  /** Everything that outcomes, errors and the log said. */
  said(): string;
}

/** Opens a stage for each test of a file; whatever the test does, nothing may say a word of a content. */
export function eachWithKeepStage(use: (stage: KeepStage) => void): void {
  let opened: KeepStage;
  beforeEach(async () => {
    opened = await openKeepStage();
    use(opened);
  });
  afterEach(async () => {
    await opened.close();
    expect(opened.said()).not.toContain('CANARY');
  });
}

export async function openKeepStage(): Promise<KeepStage> {
  const stage = await openVaultStage();
  const dropPath = path.join(stage.directory, 'SystemSecrets.JSON');
  const said: string[] = [];

  async function keep(runId: string, options: KeepOptions = {}): Promise<Outcome<KeptSystemSecrets>> {
    const { maxAgeDays, dropFile = true, wipe = false } = options;
    const { clock, connect } = stage;
    const service = createSystemSecretsKeeper({
      store: createSystemSecretsStore({ vault: connect(), clock, stampName: 'east stamp' }),
      dropFile: typeof dropFile === 'object' ? dropFile : dropFile ? createLocalDropFile(dropPath) : undefined,
      wipe,
      maxAgeDays,
      clock,
      log: recordingLog(said),
    });
    try {
      const outcome = await createKeepSystemSecrets(service)({ runId });
      said.push(JSON.stringify(outcome));
      return outcome;
    } catch (error) {
      const { message, stack, cause } = error as Error;
      said.push(JSON.stringify([error, message, stack, String(cause)]));
      throw error;
    }
  }

  return {
    ...stage,
    dropPath,
    drop: (content) => writeFileSync(dropPath, content),
    keep,
    async kept(runId, options) {
      const outcome = await keep(runId, options);
      if (outcome.status !== 'succeeded') throw new Error(`failed: ${outcome.problem.code}`);
      return outcome;
    },
    async problemOf(runId, options) {
      const outcome = await keep(runId, options);
      if (outcome.status !== 'failed') throw new Error('expected a failed outcome');
      return outcome.problem;
    },
    deskOf: () =>
      createSystemSecretsDesk({
        store: createSystemSecretsStore({ vault: stage.connect(), clock: stage.clock, stampName: 'east stamp' }),
        clock: stage.clock,
        maxAgeDays: 90,
      }),
    said: () => said.join('\n'),
  };
}

function recordingLog(said: string[]): Log {
  const record = (event: string, fields: LogFields = {}): void => {
    said.push(JSON.stringify({ event, ...fields }));
  };
  const log: Log = { debug: record, info: record, warn: record, error: record, child: () => log };
  return log;
}
