import { HubkeepError } from '../../errors/hubkeep-error';

/** The part of the driver's connection that the guard watches. */
interface WatchedConnection {
  on(event: 'end', listener: () => void): unknown;
  close(): void;
}

/**
 * Keeps a pool to the one connection of a session. The driver first opens a connection to try the login and closes it,
 * then the one it keeps; when that breaks it would quietly open another, without the application lock the session holds.
 */
export interface ConnectionGuard {
  beforeConnect(connection: WatchedConnection): void;
  markLost(): void;
  isLost(): boolean;
  /** Closes the connection even while a statement runs on it. */
  close(): void;
}

const trialConnections = 1;

export function createConnectionGuard(): ConnectionGuard {
  let opened = 0;
  let lost = false;
  let kept: WatchedConnection | undefined;
  return {
    beforeConnect(connection) {
      opened++;
      if (opened <= trialConnections) return;
      if (opened > trialConnections + 1) {
        lost = true;
        throw new HubkeepError('sql.connection-lost', 'The connection to SQL Server was lost', { retryable: true });
      }
      kept = connection;
      connection.on('end', () => {
        lost = true;
      });
    },
    markLost() {
      lost = true;
    },
    isLost: () => lost,
    close() {
      lost = true;
      kept?.close();
    },
  };
}
