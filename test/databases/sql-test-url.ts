import { parseServer } from '../../src/adapters/mssql/parse-server';

/** A SQL Server for tests, and the directory that it and the test share. */
export interface TestServer {
  /** `host:port`, or the host alone. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** Where it writes backups, as it sees the directory. */
  readonly directory: string;
  /** The same directory as the test sees it. */
  readonly local: string;
  readonly trustServerCertificate: boolean;
}

const form = 'mssql://user:password@host:port?directory=<as the server sees it>&local=<as the test sees it>';

/**
 * Reads SQL_TEST_URL; user and password are percent-encoded. No error tells any of the text, and none has a cause: Node's own
 * errors hold the whole of it.
 */
export function parseSqlTestUrl(text: string): TestServer {
  const url = attempt(() => new URL(text));
  if (url?.protocol !== 'mssql:') throw refused('it is no address that begins with mssql://');
  const decoded = attempt(() => ({ user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }));
  if (decoded === undefined) throw refused('% in user or password is %25');
  if (decoded.user === '' || decoded.password === '') throw refused('user or password is missing');
  const address = attempt(() => (parseServer(url.host), url.host));
  if (address === undefined) throw refused('host is missing');
  const wanted = (name: string) => {
    const value = url.searchParams.get(name) ?? '';
    if (value === '') throw refused(`${name} is missing`);
    return value;
  };
  return {
    address,
    ...decoded,
    directory: wanted('directory'),
    local: wanted('local'),
    trustServerCertificate: url.searchParams.get('trustServerCertificate') === 'true',
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function refused(why: string): Error {
  return new Error(`SQL_TEST_URL cannot be used: ${why}. Its form is ${form}`);
}
