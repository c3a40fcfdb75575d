import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createJsonLog } from '../adapters/json-log';
import { isOnNetwork } from '../adapters/local-files/network-path';
import { spawnThread } from '../adapters/worker-threads/spawn-thread';
import { compose, type Hubkeep } from '../compose';
import type { Config } from '../config/config';
import { loadConfig } from '../config/load-config';
import { readEnvironment } from '../config/read-environment';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import { messageOf } from '../errors/message-of';
import type { SpawnShareThread } from '../fileshare/aside/share-thread-protocol';
import { readHeader } from '../repository/repository-header';
import { spawnWriter } from './spawn-writer';
import type { CommonOptions, Terminal } from './terminal';

const spawnShareThread: SpawnShareThread = (data) => spawnThread(join(__dirname, '..', 'share-worker.js'), data);

export interface OpenOptions extends CommonOptions {
  /** Takes the place of BACKUP_COMPONENTS. */
  readonly components?: string | undefined;
  /** False for commands that read recovery points only. */
  readonly sources: boolean;
}

/** Reads the configuration and puts Hubkeep together. Makes no request. Throws `config.invalid`. */
export function openHubkeep(terminal: Terminal, { envFile, components, sources }: OpenOptions): Hubkeep {
  const environment = readEnvironment({
    envFile,
    warn: (doubt) => {
      terminal.note(`warning: ${doubt}`);
    },
  });
  const asked = components === undefined ? environment : { ...environment, BACKUP_COMPONENTS: components };
  const config = loadConfig(asked, { sources });
  preparePool(config);
  const log = createJsonLog(terminal.verbose ? terminal.note : () => undefined);
  return compose(config, { log, runsDependOnProcess: true, spawnShareThread, spawnWriter });
}

/** What a share on a network can have under way, each with memory of its own; libuv reads it when its first thread starts. */
const networkPool = '16';

/** Files on their way over SMB live longer than one collection: with as little room as for a disk they fill the old space. */
const networkRoom = '--semi-space-growth-factor=2';

function preparePool({ fileShare }: Config) {
  if (fileShare?.place.kind === 'smb') setFlagsFromString(networkRoom);
  if (fileShare?.place.kind !== 'path' || !isOnNetwork(fileShare.place.path)) return;
  // eslint-disable-next-line no-restricted-properties -- a setting of Node's own, given and not read
  process.env['UV_THREADPOOL_SIZE'] ??= networkPool;
}

/** The same for commands that need a repository to be there, and never make one. Throws `store.not-found`. */
export async function openRepositoryReadOnly(terminal: Terminal, options: CommonOptions): Promise<Hubkeep> {
  const hubkeep = openHubkeep(terminal, { ...options, sources: false });
  try {
    await readHeader(hubkeep.store);
  } catch (error) {
    if (codeOf(error) === 'format.damaged') {
      // Each record says its format again, so what is left can be read.
      terminal.note(`warning: ${messageOf(error)}; hubkeep verify tells what else is damaged`);
      return hubkeep;
    }
    if (codeOf(error) !== 'store.not-found') throw error;
    throw new HubkeepError('store.not-found', `there is no repository in ${hubkeep.store.location}`, {
      hint: 'Check BACKUP_CONTAINER and the storage settings; the first hubkeep backup makes a repository.',
      cause: error,
    });
  }
  return hubkeep;
}
