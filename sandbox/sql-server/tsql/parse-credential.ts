import type { CredentialStatement } from './statements';
import type { TokenCursor } from './token-cursor';

/** CREATE, ALTER and DROP CREDENTIAL. */
export function parseCredential(cursor: TokenCursor): CredentialStatement {
  const action = (['CREATE', 'ALTER', 'DROP'] as const).find((word) => cursor.take(word)) ?? cursor.fail();
  cursor.expect('CREDENTIAL');
  const name = cursor.name();
  if (action === 'DROP') return { kind: 'credential', action, name, identity: '', secret: '' };
  cursor.expect('WITH', 'IDENTITY', '=');
  const identity = cursor.string();
  if (!cursor.take(',')) return { kind: 'credential', action, name, identity, secret: '' };
  cursor.expect('SECRET', '=');
  return { kind: 'credential', action, name, identity, secret: cursor.string() };
}
