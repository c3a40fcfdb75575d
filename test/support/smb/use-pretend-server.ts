import { openSmbShare, type SmbShare, type SmbShareOptions } from '../../../src/adapters/smb';
import { type PretendServer, startPretendServer } from './pretend-server';

/** A pretend server for each test of a file; shares of it are closed after the test. */
export function usePretendServer(usual: Partial<SmbShareOptions> = {}) {
  let server: PretendServer;
  let shares: SmbShare[] = [];
  beforeEach(async () => (server = await startPretendServer()));
  afterEach(async () => {
    for (const share of shares) share.close();
    shares = [];
    await server.close();
  });
  return {
    server: () => server,
    open(options: Partial<SmbShareOptions> = {}): SmbShare {
      const place = { host: '127.0.0.1', port: server.port, share: 'files', ...server.account };
      const share = openSmbShare({ ...place, timeoutMs: 2000, ...usual, ...options });
      shares.push(share);
      return share;
    },
  };
}
