import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAzurite } from '../../sandbox/azurite';
import { createAzureBlobStore } from '../../src/adapters/azure-blob/azure-blob-store';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'hubkeep-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('what was stored is there after a restart, also on the port asked for', async () => {
  const first = await startAzurite({ directory });
  const store = createAzureBlobStore(first, 'hubkeep');
  await store.ensure();
  await store.put('a', Buffer.from('kept'));
  await first.close();
  await first.close();
  const second = await startAzurite({ directory, blobPort: first.blobPort });
  try {
    expect(second.connectionString).toBe(first.connectionString);
    expect((await createAzureBlobStore(second, 'hubkeep').read('a')).content.toString()).toBe('kept');
  } finally {
    await second.close();
  }
});

test('a port that is taken is an error that says so', async () => {
  const first = await startAzurite({ directory });
  try {
    await expect(startAzurite({ directory: join(directory, 'other'), blobPort: first.blobPort })).rejects.toThrow('EADDRINUSE');
  } finally {
    await first.close();
  }
});

test('it dies with its parent, even one that was killed', async () => {
  const script = `require(${JSON.stringify(require.resolve('../../sandbox/azurite'))})
    .startAzurite({ directory: ${JSON.stringify(directory)} })
    .then(({ blobPort }) => { console.log(blobPort); setInterval(() => {}, 1000); });`;
  const parent = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const port = Number(said.toString());
  expect(await accepts(port)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  while (await accepts(port)) await delay(20);
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
