/**
 * Looks contents up in a synthetic content file in an Azurite of its own, and merges it with a second one of half its size.
 * Prints time, CPU, requests and the memory the index accounts for.
 *
 * Usage: npm run -s bench:content -- [--contents N] [--memory MIB]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAzureBlobStore } from '../src/adapters/azure-blob/azure-blob-store';
import type { BlobReference } from '../src/contracts/recovery-point';
import type { BlobStore } from '../src/ports/blob-store';
import { compactContents } from '../src/repository/content/compact-contents';
import { openContentIndex } from '../src/repository/content/open-content-index';
import { pagesOf } from '../src/repository/content/sorted-contents';
import { writeContent } from '../src/repository/content/write-content';
import { startAzurite } from '../sandbox/azurite';

const MiB = 1024 * 1024;
const perPack = 100;
const atOnce = 16;

/** Ascending hashes, spread as sha256 spreads them. Every `keepEvery`-th is kept in `kept`. */
function* ascending(count: number, kept: Buffer[], keepEvery: number) {
  for (let n = 0; n < count; n++) {
    const hash = randomBytes(32);
    hash.writeUIntBE(Math.floor(((n + Math.random()) / count) * 2 ** 48), 0, 6);
    if (n % keepEvery === 0) kept.push(hash);
    yield { hash, size: n + 1, pack: Math.floor(n / perPack), skip: 512, offset: n, length: 1000 };
  }
}

function* packNames(count: number, run: string) {
  for (let n = 0; n < count / perPack; n++) {
    const box = String(Math.floor(n / 1000)).padStart(4, '0');
    yield `${run}/0-bulk-${box}-4f3a1c-1-${String((n % 1000) + 1).padStart(6, '0')}`;
  }
}

function write(store: BlobStore, { count, run, kept }: { count: number; run: string; kept: Buffer[] }): Promise<BlobReference> {
  const entries = ascending(count, kept, Math.max(1, Math.floor(count / 10_000)));
  return writeContent(store, `content/${run}/synthetic.bin`, pagesOf({ count, packs: packNames(count, run), entries }));
}

let requests = 0;

async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  requests = 0;
  const started = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(`${what}: ${seconds} s, CPU ${((user + system) / 1e6).toFixed(2)} s, ${requests} requests`);
  return result;
}

async function lookUp(index: ReturnType<typeof openContentIndex>, hashes: Buffer[]): Promise<number> {
  let found = 0;
  const lanes = Array.from({ length: atOnce }, async () => {
    for (let hash = hashes.pop(); hash !== undefined; hash = hashes.pop()) {
      const answer = index.find(hash);
      if (answer !== undefined && (await answer) !== undefined) found += 1;
    }
  });
  await Promise.all(lanes);
  return found;
}

async function run() {
  const { values } = parseArgs({
    options: { contents: { type: 'string', default: '10000000' }, memory: { type: 'string', default: '48' } },
  });
  const count = Number(values.contents);
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-content-'));
  const azurite = await startAzurite({ directory });
  try {
    const plain = createAzureBlobStore({ connectionString: azurite.connectionString }, 'bench');
    await plain.ensure();
    const store: BlobStore = {
      ...plain,
      read: (...given) => ((requests += 1), plain.read(...given)),
      stream: (...given) => ((requests += 1), plain.stream(...given)),
      stat: (...given) => ((requests += 1), plain.stat(...given)),
    };
    const kept: Buffer[] = [];
    const file = await measured(`write ${count} contents`, () => write(store, { count, run: 'first', kept }));
    console.log(`file: ${(file.size / MiB).toFixed(1)} MiB`);
    const index = openContentIndex(store, [file], { memory: Number(values.memory) * MiB });
    await measured('first question', async () => index.find(randomBytes(32)));
    console.log(`memory: ${(index.bytes() / MiB).toFixed(1)} MiB`);
    const fresh = Array.from({ length: 100_000 }, () => randomBytes(32));
    await measured('100,000 new contents', () => lookUp(index, fresh));
    const asked = kept.length;
    const found = await measured(`${asked} stored contents, ${atOnce} at once`, () => lookUp(index, kept));
    console.log(`found ${found} of ${asked}; memory: ${(index.bytes() / MiB).toFixed(1)} MiB`);
    const second = await write(store, { count: count / 2, run: 'second', kept: [] });
    await measured(`merge with ${count / 2} more`, () =>
      compactContents({ store, runId: 'third', earlier: [file], added: [second] }),
    );
  } finally {
    await azurite.close();
    rmSync(directory, { recursive: true });
  }
}

void run();
