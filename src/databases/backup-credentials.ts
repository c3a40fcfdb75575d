import { HubkeepError } from '../errors/hubkeep-error';
import type { BackupContainer } from '../ports/backup-container';
import type { Clock } from '../ports/clock';
import type { SqlServer, SqlSession } from '../ports/sql-server';
import { defaultTimeoutMs } from './backup-parts';
import { isAtLeast } from './edition';
import { applicationName } from './open-locked-session';
import { queryIfAllowed, readServerFacts, textOf } from './server-facts';
import { asStepFailure, sqlNumberOf } from './sql-failure';
import {
  alterCredential,
  createCredential,
  dropCredential,
  findCredential,
  grants,
  serverRight,
  serverRights,
} from './statements';

export interface CredentialRequest {
  readonly runId: string;
  readonly server: string;
}

/** Lets a server write to the container for the time of a run. The signature is made here and goes nowhere else. */
export interface BackupCredentials {
  /**
   * Gives the server a credential for the container; one that is there already gets a new signature. Throws `sql.target-unusable`
   * when the server or the container cannot take this road, `sql.backup-failed` when SQL_USER may not.
   */
  create(request: CredentialRequest): Promise<void>;
  /** A missing credential is success. */
  drop(request: CredentialRequest): Promise<void>;
  /**
   * Lets a server read the container, and gives what takes that back. A credential that is there already is that of a backup,
   * which may be running: it gets the new signature of a backup, and stays. So does one that a backup has taken over meanwhile.
   */
  lend(request: CredentialRequest): Promise<() => Promise<void>>;
}

export interface BackupCredentialsParts {
  readonly sql: SqlServer;
  readonly container: BackupContainer;
  readonly clock: Clock;
  /** SQL_BACKUP_TIMEOUT_HOURS. */
  readonly timeoutMs?: number;
}

const hourMs = 3_600_000;
const exists = 15530;
const missing = 15151;
/** The first to write block blobs by signature. */
const sqlServer2016 = [13];

export function createBackupCredentials(parts: BackupCredentialsParts): BackupCredentials {
  const { sql, container, clock, timeoutMs = defaultTimeoutMs } = parts;

  async function withSession(request: CredentialRequest, work: (session: SqlSession) => Promise<void>): Promise<void> {
    const session = await sql.connect(request.server, { applicationName: applicationName(request) });
    try {
      await work(session);
    } finally {
      await session.close();
    }
  }

  const sign = (rights: 'write' | 'read') => container.sign(new Date(clock.now().getTime() + timeoutMs + hourMs), rights);
  const refusal = ({ server }: CredentialRequest) => `${server} could not be given a credential for ${container.url}`;
  const drop = (request: CredentialRequest) =>
    withSession(request, async (session) => {
      await dropIfThere(session, container.url);
    });

  return {
    async create(request) {
      await container.prepare();
      await withSession(request, async (session) => {
        await requireRoad(session, request.server);
        const credential = { name: container.url, secret: await sign('write') };
        await give(session, credential).catch((error: unknown) => {
          throw asStepFailure(error, 'sql.backup-failed', refusal(request));
        });
      });
    },
    drop,
    async lend(request) {
      let isOurs = true;
      await withSession(request, async (session) => {
        await requireRoad(session, request.server);
        try {
          await session.execute(createCredential({ name: container.url, secret: await sign('read') }));
        } catch (error) {
          if (sqlNumberOf(error) !== exists) throw asStepFailure(error, 'sql.restore-failed', refusal(request));
          await session.execute(alterCredential({ name: container.url, secret: await sign('write') }));
          isOurs = false;
        }
      });
      return async () => {
        if (isOurs) await withSession(request, (session) => dropUnaltered(session, container.url));
      };
    },
  };
}

async function dropUnaltered(session: SqlSession, name: string): Promise<void> {
  const [found] = await session.query(findCredential, { name });
  if (found?.['isAltered'] === 0) await dropIfThere(session, name);
}

async function dropIfThere(session: SqlSession, name: string): Promise<void> {
  await session.execute(dropCredential(name)).catch((error: unknown) => {
    if (sqlNumberOf(error) !== missing) throw error;
  });
}

/** What an earlier run could not drop is given the new signature. */
async function give(session: SqlSession, credential: { readonly name: string; readonly secret: string }): Promise<void> {
  try {
    await session.execute(createCredential(credential));
  } catch (error) {
    if (sqlNumberOf(error) !== exists) throw error;
    await session.execute(alterCredential(credential));
  }
}

/** Throws where the server is too old to read and write block blobs, or the login may not create credentials. */
export async function requireRoad(session: SqlSession, server: string): Promise<void> {
  const { version } = await readServerFacts(session);
  if (!isAtLeast(version, sqlServer2016)) {
    throw new HubkeepError(
      'sql.target-unusable',
      `${server} is SQL Server ${version}, which neither writes nor reads backups in block blobs`,
      {
        hint: 'SQL Server 2016 and later can; set SQL_BACKUP_MODE=disk for this one.',
      },
    );
  }
  const [held] = (await queryIfAllowed(session, serverRight, { permission: 'ALTER ANY CREDENTIAL' })) ?? [];
  if (held?.['held'] !== 0) return;
  const [who] = (await queryIfAllowed(session, serverRights)) ?? [];
  const login = textOf(who?.['login']) || 'SQL_USER';
  throw new HubkeepError('sql.backup-failed', `${login} may not create the credential that backups in blobs need on ${server}`, {
    hint: `Run on the server: ${grants.alterCredentials(login)}`,
  });
}
