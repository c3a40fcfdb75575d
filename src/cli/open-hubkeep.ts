import { createJsonLog } from '../adapters/json-log';
import { compose, type Hubkeep } from '../compose';
import { loadConfig } from '../config/load-config';
import { readEnvironment } from '../config/read-environment';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import { readHeader } from '../repository/repository-header';
import type { CommonOptions, Terminal } from './terminal';

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
  const log = createJsonLog(terminal.verbose ? terminal.note : () => undefined);
  return compose(loadConfig(asked, { sources }), { log, runsDependOnProcess: true });
}

/** The same for commands that need a repository to be there, and never make one. Throws `store.not-found`. */
export async function openRepositoryReadOnly(terminal: Terminal, options: CommonOptions): Promise<Hubkeep> {
  const hubkeep = openHubkeep(terminal, { ...options, sources: false });
  try {
    await readHeader(hubkeep.store);
  } catch (error) {
    if (codeOf(error) !== 'store.not-found') throw error;
    throw new HubkeepError('store.not-found', `there is no repository in ${hubkeep.store.location}`, {
      hint: 'Check BACKUP_CONTAINER and the storage settings; the first hubkeep backup makes a repository.',
      cause: error,
    });
  }
  return hubkeep;
}
