import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSamba, startSmbServer } from '../../../sandbox/samba/start-samba';
import { startPretendServer } from '../../support/smb/pretend-server';

const program = require.resolve('../../support/smb/use-and-forget');
/** A process that does not end by itself is ended, which is told from one that does. */
const patienceMs = 15_000;

interface Ended {
  readonly stdout: string;
  readonly wasKilled: boolean;
}

function useAndForget(server: object, path: string): Promise<Ended> {
  const options = JSON.stringify({ host: '127.0.0.1', share: 'files', domain: '', ...server });
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, options, path], { timeout: patienceMs }, (_, stdout) =>
      resolve({ stdout, wasKilled: child.killed }),
    );
  });
}

(hasSamba ? test : test.skip)('a process that has forgotten to close a share ends by itself', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, 'a.txt'), 'content');
  const server = await startSmbServer({ directory });
  try {
    const { port, user, password } = server;
    const ended = await useAndForget({ port, user, password }, 'a.txt');
    expect(ended).toEqual({ stdout: 'read 40', wasKilled: false });
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a process that waits for an answer does not end before it is there, or given up', async () => {
  const server = await startPretendServer();
  try {
    server.script(() => undefined);
    const ended = await useAndForget({ port: server.port, ...server.account, timeoutMs: 300 }, 'a.txt');
    expect(ended).toEqual({ stdout: 'timed-out', wasKilled: false });
  } finally {
    await server.close();
  }
});
