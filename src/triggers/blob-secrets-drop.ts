import type { StorageBlobFunctionOptions } from '@azure/functions';
import type { Config } from '../config/config';
import { isHubkeepError } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { SystemSecretsKeeper } from '../secrets/keep-system-secrets';

export const secretsDropName = 'blob-secrets-drop';

export interface SecretsDropServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly secretsKeeper: SystemSecretsKeeper | undefined;
}

/**
 * Takes SystemSecrets.JSON as soon as it is left as a blob; the nightly run takes what this missed. Undefined where there
 * is nothing to watch, or the host has no connection string to watch it with.
 */
export function secretsDropFunction(services: SecretsDropServices): StorageBlobFunctionOptions | undefined {
  const { config, secretsKeeper } = services;
  const place = config.secrets?.dropFile;
  if (secretsKeeper === undefined || place === undefined || 'path' in place) return undefined;
  if (!config.components.includes('secrets') || !('connectionString' in config.storage.account)) return undefined;
  return {
    path: `${place.container}/${place.blob}`,
    connection: 'BACKUP_STORAGE_CONNECTION_STRING',
    // What the host hands over is left alone: the keeper reads the blob itself, with its size checked and its etag known.
    handler: () => takeDrop(secretsKeeper, services),
  };
}

/** Throws when trying again can help, so that the host does. */
async function takeDrop(keeper: SystemSecretsKeeper, { clock, log }: SecretsDropServices): Promise<void> {
  const id = `drop-${clock.now().toISOString()}`;
  try {
    const { custody, warnings } = await keeper.keep(id);
    for (const { code, message, hint } of warnings) log.warn('drop.warning', { id, code, reason: message, hint });
    log.info('drop.taken', { id, name: custody.name, version: custody.version, stored: custody.stored });
  } catch (error) {
    const { code, message, hint } = toProblem(error);
    const isRetryable = isHubkeepError(error) && error.retryable;
    log.error('drop.not-taken', { id, code, reason: message, hint, isRetryable });
    if (isRetryable) throw error;
  }
}
