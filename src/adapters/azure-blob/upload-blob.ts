import { Readable } from 'node:stream';
import { createHash, randomBytes } from 'node:crypto';
import type { BlobRequestConditions, BlockBlobClient, Metadata } from '@azure/storage-blob';
import type { PutOptions } from '../../ports/blob-store';
import type { Block } from './block-queue';
import { translateStoreError } from './translate-error';

export interface UploadTarget {
  readonly client: BlockBlobClient;
  readonly key: string;
  readonly location: string;
}

export interface UploadConditions {
  readonly onlyIfAbsent?: boolean | undefined;
  readonly ifMatch?: string | undefined;
}

/** The largest body of one Put Blob request that every service version still in use takes. */
export const largestPut = 256 * 1024 * 1024;

/** Puts one blob in one request; the service checks its MD5 and keeps it. */
export async function uploadBlob(target: UploadTarget, content: Block, options: PutOptions): Promise<{ etag: string }> {
  if (content.size > largestPut) throw new RangeError(`${target.key}: one put takes ${largestPut} bytes at most`);
  const md5 = md5Of(content);
  return writeOnce(target, { ...options, metadata: metadataOf(options.sha256) }, (conditions, metadata) =>
    target.client.upload(bodyOf(content), content.size, {
      conditions,
      metadata,
      transactionalContentMD5: md5,
      blobHTTPHeaders: { blobContentMD5: md5, blobContentType: options.contentType ?? defaultContentType },
    }),
  );
}

export const defaultContentType = 'application/octet-stream';

export function md5Of({ pieces }: Block): Buffer {
  const md5 = createHash('md5');
  for (const piece of pieces) md5.update(piece);
  return md5.digest();
}

/** A request's body; the SDK asks for it anew whenever it tries again. */
export function bodyOf({ pieces }: Block): Buffer | (() => NodeJS.ReadableStream) {
  const [only] = pieces;
  if (pieces.length > 1) return () => Readable.from(pieces, { objectMode: false });
  return only === undefined ? Buffer.alloc(0) : Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

export function metadataOf(sha256: string | undefined): Metadata {
  return sha256 === undefined ? {} : { sha256 };
}

type Write = (conditions: BlobRequestConditions, metadata: Metadata) => Promise<{ etag?: string }>;

/**
 * Runs the request that makes a blob appear. When its answer is lost, the SDK sends it again and meets its own blob:
 * a conditional write is therefore tagged with a random attempt, and a conflict with that very tag is a success.
 */
export async function writeOnce(
  target: UploadTarget,
  options: UploadConditions & { readonly metadata: Metadata },
  write: Write,
): Promise<{ etag: string }> {
  const conditional = options.onlyIfAbsent === true || options.ifMatch !== undefined;
  const attempt = conditional ? randomBytes(12).toString('hex') : undefined;
  try {
    const answer = await write(
      conditionsOf(options),
      attempt === undefined ? options.metadata : { ...options.metadata, attempt },
    );
    return { etag: answer.etag ?? '' };
  } catch (error) {
    const own = attempt === undefined ? undefined : await etagOfAttempt(target.client, error, attempt);
    if (own !== undefined) return { etag: own };
    const { key, location } = target;
    throw translateStoreError(error, { doing: `write ${key}`, location, onlyIfAbsent: options.onlyIfAbsent === true });
  }
}

function conditionsOf({ onlyIfAbsent, ifMatch }: UploadConditions): BlobRequestConditions {
  return { ...(onlyIfAbsent ? { ifNoneMatch: '*' } : {}), ...(ifMatch === undefined ? {} : { ifMatch }) };
}

async function etagOfAttempt(client: BlockBlobClient, error: unknown, attempt: string): Promise<string | undefined> {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 409 && statusCode !== 412) return undefined;
  const found = await client.getProperties().catch(() => undefined);
  return found?.metadata?.['attempt'] === attempt ? found.etag : undefined;
}
