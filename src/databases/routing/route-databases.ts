import { codeOf } from '../../errors/hubkeep-error';
import { toProblem } from '../../errors/to-problem';
import type { Log } from '../../ports/log';
import type { SqlServer } from '../../ports/sql-server';
import { applicationName } from '../open-locked-session';
import { chooseTargets, type ChosenTargets, type SilentServer } from './choose-targets';
import { lookAtServer, type SeenServer } from './look-at-server';

export interface RouteOptions {
  readonly sql: SqlServer;
  readonly log: Log;
  /** Addresses as configured: servers, or the listener of a group. */
  readonly servers: readonly string[];
  readonly databases: readonly string[];
}

export interface DatabaseRoutes {
  /** Connects to every server and every replica they tell of. @param database one alone, if given. */
  route(request: { readonly runId: string; readonly database?: string }): Promise<ChosenTargets>;
}

/** Finds out which server takes which database. */
export function createDatabaseRoutes({ sql, log, servers, databases: configured }: RouteOptions): DatabaseRoutes {
  return {
    async route({ runId, database }) {
      const databases = database === undefined ? configured : [database];
      const wanted = new Set(databases.map((name) => name.toLowerCase()));
      const seen: SeenServer[] = [];
      const silent: SilentServer[] = [];

      async function ask(address: string, name?: string) {
        try {
          const session = await sql.connect(address, { applicationName: applicationName({ runId }) });
          try {
            const server = await lookAtServer(session, address, wanted);
            if (!seen.some((other) => other.name === server.name)) seen.push(server);
          } finally {
            await session.close();
          }
        } catch (error) {
          log.warn('databases.server-silent', { server: address, code: codeOf(error) });
          silent.push({ address, problem: toProblem(error), ...(name === undefined ? {} : { name }) });
        }
      }

      await Promise.all(servers.map((server) => ask(server)));
      const isSeen = (name: string) => seen.some((server) => server.name.toLowerCase() === name.toLowerCase());
      const others = new Map(
        seen.flatMap(({ replicas }) => replicas.filter(({ name }) => !isSeen(name)).map(({ name, address }) => [name, address])),
      );
      await Promise.all([...others].map(([name, address]) => ask(address, name)));
      return chooseTargets(servers, databases, { seen, silent });
    },
  };
}
