import { randomUUID } from 'node:crypto';
import { sendBlobRequest, type BlobPlace } from './blob-request';
import type { BackupReader, BackupWriter } from './media';

/** A block blob can take no more blocks. */
export class BlockLimitReached extends Error {}

export interface BlobWriterOptions extends BlobPlace {
  /** False: an existing blob is refused. */
  readonly overwrite: boolean;
  /** Bytes of a block. */
  readonly transferSize: number;
  /** Blocks of a blob, at most. */
  readonly blockLimit: number;
  /** A failed backup leaves its lease and an empty blob, as one that lost the network does. */
  readonly leaveLease: boolean;
}

/**
 * Writes a block blob as SQL Server does: an empty blob first, an infinite lease on it, blocks of one transfer each, the
 * list of blocks, then the lease is given back. A failed backup gives it back too and deletes the blob if it may.
 */
export async function openBlobWriter(options: BlobWriterOptions): Promise<BackupWriter> {
  await sendBlobRequest(options, {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob', ...(options.overwrite ? {} : { 'If-None-Match': '*' }) },
    body: new Uint8Array(0),
  });
  const leaseId = await acquireLease(options);
  const held = { 'x-ms-lease-id': leaseId };
  const ids: string[] = [];
  let pending: Buffer[] = [];
  let pendingSize = 0;

  const putBlock = async (bytes: Buffer) => {
    if (ids.length >= options.blockLimit) throw new BlockLimitReached(`More than ${options.blockLimit} blocks`);
    const id = Buffer.from(String(ids.length).padStart(8, '0')).toString('base64');
    const query = `comp=block&blockid=${encodeURIComponent(id)}`;
    await sendBlobRequest(options, { method: 'PUT', query, headers: held, body: bytes });
    ids.push(id);
  };

  return {
    async write(bytes) {
      pending.push(bytes);
      pendingSize += bytes.length;
      if (pendingSize < options.transferSize) return;
      const all = Buffer.concat(pending);
      const whole = all.length - (all.length % options.transferSize);
      pending = [Buffer.from(all.subarray(whole))];
      pendingSize = all.length - whole;
      for (let at = 0; at < whole; at += options.transferSize) await putBlock(all.subarray(at, at + options.transferSize));
    },
    async finish() {
      if (pendingSize > 0) await putBlock(Buffer.concat(pending));
      const list = ids.map((id) => `<Latest>${id}</Latest>`).join('');
      const body = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`);
      await sendBlobRequest(options, { method: 'PUT', query: 'comp=blocklist', headers: held, body });
      await releaseLease(options, leaseId);
    },
    async abandon() {
      if (options.leaveLease) return;
      await releaseLease(options, leaseId).catch(() => undefined);
      await sendBlobRequest(options, { method: 'DELETE' }).catch(() => undefined);
    },
  };
}

export async function openBlobReader(place: BlobPlace): Promise<BackupReader> {
  const head = await sendBlobRequest(place, { method: 'HEAD' });
  const size = Number(head.headers.get('content-length') ?? 0);
  return {
    size,
    async read(position, length) {
      const end = Math.min(size, position + length) - 1;
      if (end < position) return Buffer.alloc(0);
      const response = await sendBlobRequest(place, { method: 'GET', headers: { 'x-ms-range': `bytes=${position}-${end}` } });
      return Buffer.from(await response.arrayBuffer());
    },
    close: async () => undefined,
  };
}

async function acquireLease(place: BlobPlace): Promise<string> {
  const leaseId = randomUUID();
  await sendBlobRequest(place, {
    method: 'PUT',
    query: 'comp=lease',
    headers: { 'x-ms-lease-action': 'acquire', 'x-ms-lease-duration': '-1', 'x-ms-proposed-lease-id': leaseId },
  });
  return leaseId;
}

async function releaseLease(place: BlobPlace, leaseId: string): Promise<void> {
  const headers = { 'x-ms-lease-action': 'release', 'x-ms-lease-id': leaseId };
  await sendBlobRequest(place, { method: 'PUT', query: 'comp=lease', headers });
}
