/**
 * Puts the share's part of a commit record together from the boxes of a share of full size, none of which exists before it
 * is read, and prints the largest resident set in KiB. Run as a process of its own; `--idle` loads everything and does nothing.
 */
import type { PackReference, Segment } from '../../src/contracts/recovery-point';
import type { BoxResult } from '../../src/contracts/share-copy';
import type { BlobStore } from '../../src/ports/blob-store';
import { limits } from '../../src/fileshare/limits';
import { jsonBytes } from '../../src/repository/json-blob';
import { noCounts } from '../../src/repository/share-counts';
import { buildShareRecord } from '../../src/repository/share-record';
import { createMemoryBlobStore } from '../../test/support/memory-blob-store';
import { share, storedShare } from './scenario';

const runId = '20261122T020000Z-7f3a';
const boxes = 209;
const sha256 = '5f'.repeat(32);
/** One file in a hundred cannot be read. */
const unreadable = 100;

const packsPerBox = Math.ceil((share.bytes * storedShare) / limits.pack / boxes);
const filesPerBox = Math.ceil(share.files / boxes);

function boxAt(number: number): BoxResult {
  const name = `0-bulk-0000-${String(number).padStart(4, '0')}-7f3a99`;
  const packs = Array.from({ length: packsPerBox }, (_, i): PackReference => {
    return { pack: `${runId}/${name}-${i % 4}-${String(i).padStart(6, '0')}`, size: limits.pack, sha256, encryption: 'none' };
  });
  const segments = Array.from({ length: Math.ceil(filesPerBox / limits.segmentEntries) }, (_, i): Segment => {
    const key = `index/${runId}/${name}-${String(i).padStart(6, '0')}.ndjson.zst`;
    const at = `${name}-contoso-webshop/site/wwwroot/App_Data/content/images/IMG_${i}`;
    return { key, size: 900_000, sha256, first: `${at}0.jpeg`, last: `${at}9.jpeg`, entries: limits.segmentEntries };
  });
  const failed = Array.from({ length: filesPerBox / unreadable }, (_, i) => ({
    path: `${name}-contoso-webshop/site/wwwroot/App_Data/content/images/locked_${i}.jpeg`,
    ...{ code: 'share.locked', message: 'it is open in another program, which lets nobody read it', keptEarlier: false },
  }));
  return {
    ...{ segments, packs, failed, referenced: packs.map(({ pack }) => pack) },
    content: [{ key: `content/${runId}/${name}.bin`, size: 64 * filesPerBox, sha256 }],
    counts: { ...noCounts(), files: filesPerBox, added: filesPerBox, failed: failed.length },
    ...{ next: null, source: '/mnt/share' },
    ...{ startedAt: '2026-11-22T02:00:00.000Z', finishedAt: '2026-11-22T02:04:00.000Z' },
  };
}

async function run() {
  const memory = createMemoryBlobStore();
  const store: BlobStore = {
    ...memory,
    read: async (key) => {
      const box = /bulk-0000-(\d{6})\.json$/.exec(key);
      return box === null ? memory.read(key) : { content: jsonBytes(boxAt(Number(box[1]))), etag: '"1"' };
    },
  };
  if (!process.argv.includes('--idle')) {
    const record = await buildShareRecord({ store, runId, bulk: [boxes], delta: [], base: undefined });
    if (record.packs.count !== packsPerBox * boxes || record.failed.all === undefined)
      throw new Error('The record is not whole.');
  }
  process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
}

void run();
