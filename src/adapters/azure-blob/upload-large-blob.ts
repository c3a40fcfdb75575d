import { randomBytes } from 'node:crypto';
import type { PutLargeOptions, PutOptions } from '../../ports/blob-store';
import { HubkeepError } from '../../errors/hubkeep-error';
import { translateStoreError } from './translate-error';
import { bodyOf, defaultContentType, md5Of, metadataOf, uploadBlob, writeOnce, type UploadTarget } from './upload-blob';
import { type Block, createBlockQueue } from './block-queue';

/** How content is cut and sent where the caller does not say. */
export const defaultBlocks = { size: 16 * 1024 * 1024, parallel: 3 } as const;
/** One Put Blob up to here: a single transaction, and emulators take it three times as fast as blocks. */
const defaultWhole = 64 * 1024 * 1024;
/** Azure Stack Hub's limits: 100 MiB a block, 50,000 blocks a blob. */
const largestBlock = 100 * 1024 * 1024;
const mostBlocks = 50_000;

/** Stages content in blocks and commits them in one request; what is not much is a plain put. */
export async function uploadLargeBlob(
  target: UploadTarget,
  content: AsyncIterable<Uint8Array>,
  options: PutLargeOptions,
): Promise<{ etag: string; size: number }> {
  const blockSize = Math.max(1, Math.min(options.blockSize ?? defaultBlocks.size, largestBlock));
  const stage = stagingOf(target, options);
  const parallel = Math.max(1, options.parallel ?? defaultBlocks.parallel);
  const queue = createBlockQueue(
    { blockSize, parallel, whole: options.blockSize === undefined ? defaultWhole : blockSize },
    stage.put,
  );
  try {
    for await (const chunk of content) await queue.add(chunk);
    if (stage.ids.length === 0) {
      const whole = queue.unsent();
      const { etag } = await uploadBlob(target, whole, putOptionsOf(options));
      return { etag, size: whole.size };
    }
    await queue.flush();
  } finally {
    await queue.settle();
  }
  const { etag } = await writeOnce(target, { ...options, metadata: metadataOf(options.sha256?.()) }, (conditions, metadata) =>
    target.client.commitBlockList(stage.ids, {
      conditions,
      metadata,
      blobHTTPHeaders: { blobContentType: options.contentType ?? defaultContentType },
    }),
  );
  return { etag, size: queue.size() };
}

function putOptionsOf({ sha256, onlyIfAbsent = false, contentType = defaultContentType }: PutLargeOptions): PutOptions {
  return { onlyIfAbsent, contentType, ...(sha256 === undefined ? {} : { sha256: sha256() }) };
}

function stagingOf({ client, key, location }: UploadTarget, { onlyIfAbsent }: PutLargeOptions) {
  const ids: string[] = [];
  // Two writers of one key share the service's list of staged blocks, so the ids of each start with its own attempt.
  const attempt = randomBytes(8).toString('hex');

  async function put(block: Block): Promise<void> {
    if (ids.length === mostBlocks)
      throw new HubkeepError('internal', `${key} needs more than ${mostBlocks} blocks of ${block.size} bytes`);
    const first = ids.length === 0;
    const id = Buffer.from(`${attempt}-${String(ids.length).padStart(5, '0')}`).toString('base64');
    ids.push(id);
    try {
      if (first && onlyIfAbsent) await refuseTaken();
      await client.stageBlock(id, bodyOf(block), block.size, { transactionalContentMD5: md5Of(block) });
    } catch (error) {
      throw translateStoreError(error, { doing: `write block ${ids.indexOf(id)} of ${key}`, location });
    }
  }

  /** Only the commit decides; this spares the upload of what cannot be committed. */
  async function refuseTaken(): Promise<void> {
    if (await client.exists()) throw new HubkeepError('store.exists', `Cannot write ${key} in ${location}: it exists`);
  }

  return { ids, put };
}
