import type { Context } from '../harness/context';
import { remove } from '../harness/scratch';
import { join } from 'node:path';
import type { Peer, PeerOptions, PeerSession } from './peer';

export interface OpenSession extends PeerSession {
  /** Where to restore to. */
  readonly target: string;
}

export interface SessionOptions extends PeerOptions {
  readonly peer: Peer;
}

/** Work with a new and empty store of a peer; the store and what was restored are gone afterwards. */
export async function withSession<T>(
  context: Context,
  { peer, ...options }: SessionOptions,
  work: (session: OpenSession) => Promise<T>,
): Promise<T> {
  const target = join(context.work, 'restored');
  const session = await peer.open(context, options);
  try {
    return await work({ ...session, target });
  } finally {
    await session.close();
    await remove(target);
  }
}
