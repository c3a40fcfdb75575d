import type { Connection, Reply } from './connection';
import { SmbError } from './smb-error';

/** One request by itself. */
export async function ask(connection: Connection, command: number, body: Buffer): Promise<Reply> {
  const [reply] = await connection.send([{ command, body, charge: 1 }]);
  if (reply === undefined) throw new SmbError('protocol', 'The server did not answer');
  return reply;
}
