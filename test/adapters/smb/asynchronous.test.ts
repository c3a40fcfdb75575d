import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSmbShare, type SmbShare } from '../../../src/adapters/smb';
import { hasSamba, startSmbServer, type SmbServer } from '../../../sandbox/samba/start-samba';
import { differing, filesOf } from '../../support/smb/compare';
import { startTamperingProxy, type TamperingProxy } from '../../support/smb/tampering-proxy';

const pending = 0x103;
const big = Buffer.alloc(20_000_000, 'some content of a file that is read in pieces ');
const check = hasSamba ? test : test.skip;

let directory: string;
let server: SmbServer;
let proxy: TamperingProxy;
let share: SmbShare | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-share-'));
  chmodSync(directory, 0o755);
  for (let i = 0; i < 100; i++) writeFileSync(join(directory, `f${i}.txt`), `file ${i} `.repeat(i * 50));
  if (!hasSamba) return;
  server = await startSmbServer({ directory, global: ['aio read size = 1', 'smbd async dosmode = yes'] });
  proxy = await startTamperingProxy(server.port);
});

afterEach(() => share?.close());

afterAll(async () => {
  await proxy?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function open(dialect: number, requireEncryption: boolean): SmbShare {
  const { user, password } = server;
  const account = { user, password, domain: '' };
  return openSmbShare({
    host: '127.0.0.1',
    port: proxy.port,
    share: 'files',
    ...account,
    dialects: [dialect],
    requireEncryption,
  });
}

async function readBig(from: SmbShare): Promise<Buffer> {
  const file = await from.open('big.bin');
  const content = Buffer.alloc(big.length + 1);
  let filled = 0;
  for (let bytes = -1; bytes !== 0; filled += bytes) bytes = await file.read(content.subarray(filled));
  await file.close();
  return content.subarray(0, filled);
}

check.each([
  ['SMB 2.1, signed', 0x0210, false],
  ['SMB 3.0, signed', 0x0300, false],
  ['SMB 3.0.2, signed', 0x0302, false],
  ['SMB 3.1.1, signed', 0x0311, false],
  ['SMB 3.0, sealed', 0x0300, true],
  ['SMB 3.0.2, sealed', 0x0302, true],
  ['SMB 3.1.1, sealed', 0x0311, true],
])('%s: answers that are promised first are waited for', async (_, dialect, isSealed) => {
  let promises = 0;
  proxy.toClient((message) => {
    if (message.readUInt32LE(8) === pending) promises += 1;
    return [message];
  });
  share = open(dialect, isSealed);
  expect(await differing(share, directory, await filesOf(share, ''))).toEqual([]);
  writeFileSync(join(directory, 'big.bin'), big);
  try {
    // Whether a read takes long enough to be promised is up to the machine. Sealed, nobody but the client sees it.
    for (let round = 0; round < (isSealed ? 1 : 30) && promises === 0; round++) {
      const contents = await Promise.all(Array.from({ length: 4 }, () => readBig(share!)));
      expect(contents.map((content) => content.equals(big))).toEqual([true, true, true, true]);
    }
    if (!isSealed) expect(promises).toBeGreaterThan(0);
  } finally {
    rmSync(join(directory, 'big.bin'));
  }
});
