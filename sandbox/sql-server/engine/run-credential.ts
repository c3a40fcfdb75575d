import { sqlError } from '../tsql/sql-error';
import type { CredentialStatement } from '../tsql/statements';
import { hasServerPermission } from './permissions';
import type { RunContext } from './run-backup';
import { localNow } from './server-state';

/** Throws 15247 for a login without ALTER ANY CREDENTIAL. */
export function runCredential({ action, ...named }: CredentialStatement, { server, session }: RunContext): void {
  if (!hasServerPermission(session.login, 'ALTER ANY CREDENTIAL'))
    throw sqlError(15247, 'User does not have permission to perform this action.');
  const change = { ...named, at: localNow(server) };
  if (action === 'CREATE') server.credentials.create(change);
  else if (action === 'ALTER') server.credentials.alter(change);
  else server.credentials.drop(change.name);
}
