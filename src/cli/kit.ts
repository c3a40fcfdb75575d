import type { Command } from 'commander';
import type { Hubkeep } from '../compose';
import type { Config } from '../config/config';
import { describeSettings } from '../config/describe-settings';
import { readEnvironment } from '../config/read-environment';
import type { Problem } from '../contracts/outcome';
import { hubkeepVersion } from '../contracts/version';
import { codeOf } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import { buildKit, type KitPoint, type KitRepository } from '../recovery/runbook/kit';
import { isSuspect } from '../repository/marks';
import { readHeader } from '../repository/repository-header';
import type { Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { openHubkeep } from './open-hubkeep';
import { printDocument, withDocumentOptions, type DocumentOptions } from './runbook';
import type { Terminal } from './terminal';

const mostPoints = 5;

export function addKitCommand(program: Command, act: Act) {
  withDocumentOptions(
    program.command('kit').description('print a break-glass sheet without secrets: where everything is and how to get at it'),
  ).action((options: DocumentOptions) => act(options, (terminal) => kit(terminal, options)));
}

/** Made from the settings alone where the store does not answer: it is on the day it does not that the sheet is wanted. */
async function kit(terminal: Terminal, options: DocumentOptions): Promise<ExitCode> {
  const hubkeep = openHubkeep(terminal, { ...options, sources: false });
  const { config, runbooks } = hubkeep;
  const settings = describeSettings(readEnvironment({ envFile: options.envFile }));
  const repository = await look(hubkeep);
  if (!('repositoryId' in repository)) terminal.note(`hubkeep: the store was not reached: ${repository.message}`);
  const identity = settings.find(({ name }) => name === 'AZURE_CLIENT_ID')?.value;
  const document = buildKit({
    ...{ stamp: config.stampName, hubkeepVersion, place: runbooks.place, settings, repository, identity },
    access: accessOf(config),
  });
  await printDocument(terminal, { runbooks, document, options });
  return exitCodes.done;
}

function accessOf({ storage: { account } }: Config): string {
  if ('connectionString' in account) return 'the connection string of the account';
  return 'sas' in account ? 'a shared access signature' : 'identity';
}

async function look({ store, points }: Hubkeep): Promise<KitRepository | Problem> {
  try {
    const { repositoryId } = await readHeader(store);
    return { repositoryId, points: await newest(points) };
  } catch (error) {
    return toProblem(error);
  }
}

/** One that cannot be read must not hide the others. */
async function newest(points: Hubkeep['points']): Promise<KitPoint[]> {
  const found: KitPoint[] = [];
  for (const link of (await points.chain()).reverse()) {
    if (found.length === mostPoints) break;
    try {
      const stored = await points.follow(link);
      if (stored === undefined) continue;
      found.push({ ...stored.point, isSuspect: isSuspect(await points.marks(link.id)) });
    } catch (error) {
      if (codeOf(error) !== 'format.damaged' && codeOf(error) !== 'store.not-found') throw error;
    }
  }
  return found;
}
