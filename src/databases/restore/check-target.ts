import { randomBytes } from 'node:crypto';
import { runIdOf } from '../../contracts/run-id';
import { codeOf, HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';
import type { SqlSession } from '../../ports/sql-server';
import { requireRoad } from '../backup-credentials';
import { applicationName } from '../open-locked-session';
import type { Directories, PlannedRestore, RestoreParts, RestorePlan, RestoreRequest } from '../restore-parts';
import { queryIfAllowed, readServerFacts, textOf, type ServerFacts } from '../server-facts';
import { grants, serverRights } from '../statements';
import { checkDatabase } from './check-database';
import { defaultDirectories } from './statements';

export interface Target {
  readonly session: SqlSession;
  readonly server: ServerFacts;
  readonly directories: Directories;
}

/** Looks at everything that can be looked at before anything is changed. Throws what speaks against any of the databases. */
export async function checkTarget(parts: RestoreParts, request: RestoreRequest): Promise<RestorePlan> {
  const id = runIdOf(parts.clock.now(), randomBytes(2).toString('hex'));
  const session = await parts.sql.connect(request.server, { applicationName: applicationName({ runId: id }) });
  try {
    const server = await readServerFacts(session);
    await requireRight(session, request.server);
    const directories = request.directories ?? (await readDirectories(session, request.server));
    const items: PlannedRestore[] = [];
    const problems: HubkeepError[] = [];
    for (const item of request.items) {
      try {
        items.push(await checkDatabase(parts, { item, request, target: { session, server, directories } }));
      } catch (error) {
        if (!isHubkeepError(error) || codeOf(error) === 'sql.connection-lost') throw error;
        problems.push(error);
      }
    }
    if (problems[0] !== undefined) throw together(problems[0], problems);
    await checkRoads(parts, { session, request, items });
    return { id, server: request.server, serverVersion: server.version, items };
  } finally {
    await session.close();
  }
}

async function requireRight(session: SqlSession, address: string): Promise<void> {
  const [row = {}] = (await queryIfAllowed(session, serverRights)) ?? [];
  if (row['createsAnyDatabase'] !== 0 || row['createsDatabase'] === 1) return;
  const login = textOf(row['login']) || 'SQL_USER';
  throw new HubkeepError('sql.restore-failed', `${login} may not restore databases on ${address}`, {
    hint: `Run on the server: ${grants.createDatabase(login)} The role dbcreator may replace databases too.`,
  });
}

async function readDirectories(session: SqlSession, address: string): Promise<Directories> {
  const [row = {}] = await session.query(defaultDirectories);
  const [data, log] = [textOf(row['dataDirectory']), textOf(row['logDirectory'])];
  if (data !== '' && log !== '') return { data, log };
  throw new HubkeepError('restore.server-unfit', `${address} does not tell where it keeps files of databases`, {
    hint: 'Name the places: --data-directory and --log-directory.',
  });
}

interface Roads {
  readonly session: SqlSession;
  readonly request: RestoreRequest;
  readonly items: readonly PlannedRestore[];
}

async function checkRoads({ staging }: RestoreParts, { session, request, items }: Roads): Promise<void> {
  if (items.some(({ road }) => road === 'url')) await requireRoad(session, request.server);
  if (items.some(({ road }) => road === 'disk')) await staging?.files.list(request.server);
}

function together(first: HubkeepError, problems: readonly HubkeepError[]): HubkeepError {
  if (problems.length === 1) return first;
  const lines = problems.map(({ message }) => `  ${message}`);
  const hints = [...new Set(problems.flatMap(({ hint }) => hint ?? []))];
  return new HubkeepError(
    first.code,
    [`${problems.length} databases cannot be restored, so none was touched:`, ...lines].join('\n'),
    hints.length === 0 ? {} : { hint: hints.join(' ') },
  );
}
