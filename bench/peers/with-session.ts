import type { Context } from '../harness/context';
import { join } from 'node:path';
import type { Peer, PeerOptions, PeerSession } from './peer';

export interface OpenSession extends PeerSession {
  /** Where to restore to. */
  readonly target: string;
}

export interface SessionOptions extends PeerOptions {
  readonly peer: Peer;
}

let opened = 0;

/**
 * Work with a new and empty store of a peer; the store is gone afterwards. What was restored goes at the very end: file
 * systems are slow to make files for a while after very many were deleted.
 */
export async function withSession<T>(
  context: Context,
  { peer, ...options }: SessionOptions,
  work: (session: OpenSession) => Promise<T>,
): Promise<T> {
  const target = join(context.work, `restored-${opened++}`);
  const session = await peer.open(context, options);
  try {
    return await work({ ...session, target });
  } finally {
    await session.close();
  }
}
