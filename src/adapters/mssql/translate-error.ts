import { isWrapper } from '../../contracts/sql-errors/classify';
import { messageOf } from '../../errors/message-of';
import { HubkeepError, isHubkeepError } from '../../errors/hubkeep-error';

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS/;

interface SqlFailure {
  readonly number: number;
  readonly class: number;
  readonly state: number;
  readonly message: string;
}

/** What went wrong while connecting to `server`. */
export function translateConnectError(error: unknown, server: string): HubkeepError {
  if (isHubkeepError(error)) return error;
  const code = codeIn(error);
  if (code === 'ELOGIN') return loginFailed(error, server);
  const certificate = causesOf(error)
    .map(codeIn)
    .find((found) => certificateCodes.test(found));
  if (certificate !== undefined) {
    return new HubkeepError('sql.unreachable', `The certificate of SQL Server ${server} is not trusted (${certificate})`, {
      hint: 'Put the CA into EXTRA_CA_FILE, or set SQL_TRUST_SERVER_CERTIFICATE=true to accept any certificate.',
      cause: error,
    });
  }
  const reason =
    causesOf(error)
      .map(codeIn)
      .findLast((found) => found !== '') ?? code;
  return new HubkeepError(
    'sql.unreachable',
    `Cannot reach SQL Server ${server}: ${messageOf(error)}${reason === '' ? '' : ` (${reason})`}`,
    {
      hint: 'Check its address (SQL_SERVERS, DRILL_SQL_SERVER, --to-server), that the server listens on TCP and that no firewall is in between; a named instance also needs SQL Browser (UDP 1434).',
      retryable: true,
      cause: error,
    },
  );
}

/** What went wrong while a statement ran. */
export function translateStatementError(error: unknown, server: string): HubkeepError {
  if (isHubkeepError(error)) return error;
  // Without an answer nobody knows what the server did: whatever the driver calls it, the session is of no use any more.
  if (!isRefusal(error)) {
    return new HubkeepError('sql.connection-lost', `The connection to SQL Server ${server} was lost: ${messageOf(error)}`, {
      hint: 'The network or the server broke the connection; see the SQL Server error log.',
      retryable: true,
      cause: error,
    });
  }
  const failure = rootFailure(error);
  return new HubkeepError('sql.statement-failed', `SQL Server ${server} answered error ${failure.number}: ${failure.message}`, {
    details: { number: failure.number, class: failure.class, state: failure.state },
    cause: error,
  });
}

function loginFailed(error: unknown, server: string): HubkeepError {
  return new HubkeepError('sql.login-failed', `SQL Server ${server} refused the login: ${messageOf(error)}`, {
    hint: 'Check SQL_USER and SQL_PASSWORD, and that the server allows SQL Server logins (mixed mode).',
    cause: error,
  });
}

/** BACKUP ends with a wrapper that only says that it failed; the reason is the message before it. */
function rootFailure(error: object): SqlFailure {
  const preceding =
    'precedingErrors' in error && Array.isArray(error.precedingErrors) ? (error.precedingErrors as unknown[]) : [];
  const failures = [...preceding, error].filter(isRefusal).map(toFailure);
  return failures.find(({ number, message }) => !isWrapper(number, message)) ?? failures[0] ?? toFailure(error);
}

function isRefusal(error: unknown): error is object {
  return typeof error === 'object' && error !== null && 'number' in error && typeof error.number === 'number';
}

function toFailure(error: object): SqlFailure {
  const read = (key: string) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'number' ? value : 0;
  };
  return { number: read('number'), class: read('class'), state: read('state'), message: messageOf(error) };
}

function causesOf(error: unknown): unknown[] {
  const found: unknown[] = [];
  let current: unknown = error;
  while (typeof current === 'object' && current !== null && found.length < 8) {
    found.push(current);
    current = (Reflect.get(current, 'originalError') as unknown) ?? (Reflect.get(current, 'cause') as unknown);
  }
  return found;
}

function codeIn(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
