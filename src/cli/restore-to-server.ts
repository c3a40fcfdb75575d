import type { Command } from 'commander';
import type { Hubkeep } from '../compose';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { isSystemDatabase, type Directories, type PlannedRestore, type RestoredToServer } from '../databases/restore-parts';
import type { ServerRestores } from '../databases/restore-to-server';
import { HubkeepError } from '../errors/hubkeep-error';
import { failed } from '../errors/to-problem';
import { exitCodes, type ExitCode } from './exit-codes';
import { findPoint } from './find-point';
import { formatInstant } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import { tellPassedOver } from './passed-over';
import { createProgressView } from './progress/create-progress-view';
import type { ProgressView } from './progress/progress-view';
import { missingOf, type Missing } from './restore-missing';
import { selectDatabases } from './select-databases';
import { showPlan, showServerRestore } from './server-restore-summary';
import { stopOnSignal } from './stop-on-signal';
import type { CommonOptions, Terminal } from './terminal';

export interface ServerTarget {
  readonly toServer?: string;
  readonly database?: readonly string[];
  readonly sourceServer?: string;
  readonly asPrefix?: string;
  readonly replace?: boolean;
  readonly dataDirectory?: string;
  readonly logDirectory?: string;
  readonly dryRun?: boolean;
}

/** What became of one database. */
export type ServerRestoreResult = {
  readonly database: string;
  readonly from: string;
  readonly target: string;
  readonly bytes: number;
} & (({ readonly status: 'restored' } & RestoredToServer) | ReturnType<typeof failed>);

export function addServerOptions(command: Command): Command {
  return command
    .option('--to-server <server>', 'restore the databases onto this SQL Server: host, host,port or host\\instance')
    .option('--database <name...>', 'only these databases; give it after the id')
    .option('--source-server <server>', 'only the databases that were backed up from this server')
    .option('--as-prefix <prefix>', 'put this before the names of the restored databases')
    .option('--replace', 'restore over databases that are there, and give up what they hold')
    .option('--data-directory <dir>', 'where the server puts the data files, as it sees it; its own default unless given')
    .option('--log-directory <dir>', 'the same for log files');
}

/** Everything is looked at before anything is changed; then one database after the other is restored, whatever becomes of the others. */
export async function restoreToServer(
  terminal: Terminal,
  id: string,
  options: ServerTarget & CommonOptions & { readonly toServer: string },
): Promise<ExitCode> {
  const directories = directoriesOf(options);
  const hubkeep = await openRepositoryReadOnly(terminal, options);
  const restores = requireLogin(hubkeep);
  const { point } = await findPoint(hubkeep.points, id, ['databases']);
  if (id === 'latest') await tellPassedOver(terminal, { points: hubkeep.points, point, wanted: ['databases'] });
  const { items, notRestored } = selectDatabases(point, options);
  const missing = missingFrom(point, options);
  const { toServer: server, replace = false, dryRun = false } = options;
  terminal.note(`${dryRun ? 'looking at' : 'restoring'} recovery point ${point.id} of ${formatInstant(point.startedAt)} UTC`);
  const plan = await restores.plan({ server, items, replace, directories });
  const head = { recoveryPoint: point.id, server, serverVersion: plan.serverVersion };
  if (dryRun) {
    showPlan(terminal, { plan, notRestored, missing });
    terminal.printJson({ ...head, dryRun, databases: plan.items.map(described), notRestored, missing });
    return missing.length === 0 ? exitCodes.done : exitCodes.partial;
  }
  for (const warning of plan.items.flatMap(({ warnings }) => warnings)) terminal.note(`warning: ${warning}`);
  const results = await restoreAll(terminal, hubkeep, { restores, plan });
  showServerRestore(terminal, { server, results, notRestored, missing });
  terminal.printJson({ ...head, databases: results, notRestored, missing });
  return exitCodeOf(results, missing);
}

interface Restoring {
  readonly restores: ServerRestores;
  readonly plan: Awaited<ReturnType<ServerRestores['plan']>>;
}

/** The first Ctrl-C stops what runs and takes away what was brought to the server; those that have not begun stay as they are. */
async function restoreAll(terminal: Terminal, { clock }: Hubkeep, { restores, plan }: Restoring): Promise<ServerRestoreResult[]> {
  const view = createProgressView(terminal, clock);
  const stop = new AbortController();
  const letGo = stopOnSignal(clock, () => {
    terminal.note('stopping; again to end at once');
    stop.abort();
  });
  const results: ServerRestoreResult[] = [];
  try {
    view.stage(`restoring onto ${plan.server}`);
    for (const item of plan.items) {
      const control = { onProgress: showStep(view, item), signal: stop.signal };
      const about = { database: item.backup.database, from: item.backup.server, target: item.target, bytes: item.bytes };
      const outcome = await restoreOne(() => restores.restore({ plan, item, control }), stop.signal);
      results.push({ ...about, ...outcome });
    }
  } finally {
    letGo();
    view.stop();
  }
  return results;
}

async function restoreOne(work: () => Promise<RestoredToServer>, signal: AbortSignal) {
  try {
    if (signal.aborted) throw new HubkeepError('run.cancelled', 'The restore was cancelled before this database');
    return { status: 'restored' as const, ...(await work()) };
  } catch (error) {
    return failed(error);
  }
}

function showStep(view: ProgressView, { target }: PlannedRestore) {
  return ({ step, percent, secondsLeft }: { step: string; percent: number; secondsLeft?: number | undefined }) => {
    view.update({ task: `${step} ${target}`, percent, secondsLeft });
  };
}

function described({ backup, target, bytes, road, replaces, directories, kept, warnings }: PlannedRestore) {
  return {
    ...{ database: backup.database, from: backup.server, target, bytes, road, directories, warnings },
    ...(replaces === undefined ? {} : { replaces, kept }),
  };
}

function requireLogin({ serverRestores }: Hubkeep): ServerRestores {
  if (serverRestores !== undefined) return serverRestores;
  throw new HubkeepError('config.invalid', 'SQL_USER and SQL_PASSWORD are not both set, and --to-server signs in with them', {
    hint: 'Set them to a login of the server that may restore databases: docs/databases.md says what it needs.',
  });
}

function directoriesOf({ dataDirectory: data, logDirectory: log }: ServerTarget): Directories | undefined {
  if (data === undefined && log === undefined) return undefined;
  const [one, other] = [data ?? log, log ?? data];
  return one === undefined || other === undefined ? undefined : { data: one, log: other };
}

function missingFrom(point: RecoveryPoint, { database, sourceServer }: ServerTarget): Missing[] {
  const items = point.databases?.items ?? [];
  const isWanted = (item: (typeof items)[number]) =>
    item.status === 'failed' &&
    !isSystemDatabase(item.database) &&
    (sourceServer === undefined || sourceServer.toLowerCase() === item.server.toLowerCase()) &&
    (database === undefined || database.some((name) => name.toLowerCase() === item.database.toLowerCase()));
  const wanted = new Set(items.filter(isWanted).map((item) => `${item.database} on ${item.server}`));
  return missingOf(point, ['databases']).filter(({ subject }) => subject === undefined || wanted.has(subject));
}

function exitCodeOf(results: readonly ServerRestoreResult[], missing: readonly Missing[]): ExitCode {
  const restored = results.filter(({ status }) => status === 'restored').length;
  if (restored === 0) return exitCodes.failed;
  return restored === results.length && missing.length === 0 ? exitCodes.done : exitCodes.partial;
}
