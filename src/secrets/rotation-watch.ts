import type { KeptSecrets } from '../contracts/activities';
import { codeOf } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import { redact } from '../errors/redact';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { SecretStatusSource } from '../ports/secret-status';
import { readJsonIfPresent, writeJson } from '../repository/json-blob';
import { layout } from '../repository/layout';
import { findRotations, secretsKnownSchema, type Look, type SecretsKnown } from './find-rotations';
import type { SystemSecretsKeeper } from './keep-system-secrets';
import { probeWarning, rotatedProblem, unclearWarning } from './rotation-messages';

export interface RotationWatchDeps {
  readonly source: SecretStatusSource;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WatchedKeeper {
  keep(runId: string): Promise<KeptSecrets>;
}

const nothingKnown: SecretsKnown = { secrets: [], rotations: [] };

/**
 * The keeper, and whether App Service's secrets were rotated after what it has kept was captured: a problem beside the
 * custody until something newer is stored. Throws what the keeper throws; whatever else goes wrong is one warning.
 */
export function watchRotation(keeper: SystemSecretsKeeper, { source, store, clock, log }: RotationWatchDeps): WatchedKeeper {
  /** @returns nothing when that cannot be told, and must not be written over. */
  async function readKnown(failed: (error: unknown) => void): Promise<SecretsKnown | undefined> {
    try {
      return (await readJsonIfPresent(store, layout.secretStatus, secretsKnownSchema)) ?? nothingKnown;
    } catch (error) {
      failed(error);
      return codeOf(error) === 'format.damaged' ? nothingKnown : undefined;
    }
  }

  async function compare(look: Omit<Look, 'recordedAt'>, failed: (error: unknown) => void) {
    const before = await readKnown(failed);
    if (before === undefined) return undefined;
    const found = findRotations(before, { ...look, recordedAt: clock.now() });
    await writeJson(store, layout.secretStatus, found.known).catch(failed);
    return found;
  }

  return {
    async keep(runId) {
      const failures: unknown[] = [];
      const failed = (error: unknown) => {
        failures.push(error);
        log.warn('secrets.probe-failed', { runId, code: codeOf(error), reason: redact(messageOf(error)) });
        return undefined;
      };
      // Before anything is stored, so that what this run stores is newer than every rotation that this look can see.
      const seenAt = clock.now();
      const rows = await source.list().catch(failed);
      const kept = await keeper.keep(runId);
      const { capturedAt, confirmedAt = capturedAt } = kept.custody;
      const found = await compare({ rows, seenAt, capturedAt: new Date(confirmedAt) }, failed);

      const { known: { rotations } = nothingKnown, unclear = [] } = found ?? {};
      if (rotations.length > 0) log.warn('secrets.rotated', { runId, rotations: rotations.length });
      return {
        ...kept,
        warnings: [
          ...kept.warnings,
          ...(unclear.length === 0 ? [] : [unclearWarning(unclear)]),
          ...failures.slice(0, 1).map(probeWarning),
        ],
        ...(rotations.length === 0 ? {} : { problem: rotatedProblem(rotations) }),
      };
    },
  };
}
