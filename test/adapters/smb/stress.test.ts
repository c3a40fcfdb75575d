import { createHash, randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSmbError, openSmbShare, type SmbShare } from '../../../src/adapters/smb';
import { hasSamba, startSmbServer, type SmbServer } from '../../../sandbox/samba/start-samba';

const check = hasSamba ? test : test.skip;
const files = 600;
const lanes = 24;
/** Around the sizes at which a file takes another way: none, one buffer of Node's pool, one credit, one piece, several. */
const edges = [0, 1, 4096, 8192, 65_535, 65_536, 65_537, 131_072, 1_048_575, 1_048_576, 1_048_577];

let directory: string;
const hashes = new Map<string, string>();

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-stress-'));
  chmodSync(directory, 0o755);
  for (let i = 0; i < files; i++) {
    const folder = `d${i % 7}`;
    const size = edges[i] ?? (i % 50 === 0 ? randomInt(3_000_000) : randomInt(i % 5 === 0 ? 200_000 : 9_000));
    const content = randomBytes(size);
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, `f${i}`), content);
    hashes.set(`${folder}/f${i}`, digest(content));
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What a caller was given stays what it was while others read: it is held for a while before it is looked at. */
async function readHeld(share: SmbShare, path: string): Promise<string> {
  const way = randomInt(3);
  // Thought to be longer, shorter or unknown: each takes another road through the client.
  const expected = [undefined, 0, 100_000][way];
  if (randomInt(4) > 0) {
    const { content } = await share.readWhole(path, { limit: 4_000_000, expected });
    await sleep(randomInt(5));
    return digest(content);
  }
  const file = await share.open(path);
  const pieces: Uint8Array[] = [];
  try {
    for (;;) {
      const piece = Buffer.alloc(randomInt(1, 300_000));
      const bytes = await file.read(piece);
      if (bytes === 0) break;
      pieces.push(piece.subarray(0, bytes));
      // What was read ahead waits meanwhile.
      if (randomInt(3) === 0) await sleep(1);
    }
  } finally {
    await file.close().catch(() => undefined);
  }
  return digest(Buffer.concat(pieces));
}

interface Tally {
  lost: number;
  readonly wrong: string[];
}

/** Reads every file once, again where its connection was lost. */
async function readAll(share: SmbShare): Promise<Tally> {
  const left = [...hashes.keys()];
  const tally: Tally = { lost: 0, wrong: [] };
  async function lane(): Promise<void> {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      try {
        if ((await readHeld(share, path)) !== hashes.get(path)) tally.wrong.push(path);
      } catch (error) {
        if (!isSmbError(error) || error.kind !== 'lost') throw error;
        tally.lost += 1;
        left.push(path);
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return tally;
}

async function cutAtRandom(server: SmbServer, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(randomInt(20, 150));
    for (const pid of server.workers()) if (randomInt(2) === 0) server.signal(pid, 'KILL');
  }
}

check.each([
  ['signed', []],
  ['encrypted', ['server smb encrypt = required']],
])('no reader sees a byte of another, %s, also where connections are cut', async (_, global) => {
  const server = await startSmbServer({ directory, global });
  const { port, user, password } = server;
  const share = openSmbShare({ host: '127.0.0.1', port, share: 'files', user, password, domain: '', connections: 3 });
  const cutting = new AbortController();
  try {
    expect(await readAll(share)).toEqual({ lost: 0, wrong: [] });
    const cuts = cutAtRandom(server, cutting.signal);
    let lost = 0;
    for (let round = 0; round < 20 && lost === 0; round++) {
      const tally = await readAll(share);
      expect(tally.wrong).toEqual([]);
      lost += tally.lost;
    }
    expect(lost).toBeGreaterThan(0);
    cutting.abort();
    await cuts;
  } finally {
    cutting.abort();
    share.close();
    await server.stop();
  }
});
