/** One blob as listings and `stat` see it. */
export interface BlobStat {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  /** Hex sha256 given when the blob was written, if any. The store keeps it, it does not check it. */
  readonly sha256: string | undefined;
}

export interface BlobContent {
  readonly content: Buffer;
  readonly etag: string;
}

/** Bytes `offset` to `offset + length - 1`. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface PutOptions {
  /** Fails with `store.exists` when the key is taken. */
  readonly onlyIfAbsent?: boolean;
  /** Fails with `store.precondition-failed` unless the blob still has this etag. */
  readonly ifMatch?: string;
  readonly contentType?: string;
  /** Hex sha256 of the whole content, kept beside the blob. */
  readonly sha256?: string;
}

export interface PutLargeOptions {
  readonly onlyIfAbsent?: boolean;
  readonly contentType?: string;
  /** Bytes per block, at most 100 MiB; 16 MiB, and one request up to 64 MiB, when not given. Memory held is `blockSize * (parallel + 1)`. */
  readonly blockSize?: number;
  readonly parallel?: number;
  /** Called once the last byte is staged and before the blob appears; its answer is kept as the blob's sha256. */
  readonly sha256?: () => string;
}

/**
 * Where recovery points live: one flat container of named, immutable-by-convention blobs.
 *
 * Guarantees a provider gives: a finished put is durable and seen by the next read and list; a put is atomic (a
 * reader sees the whole old content or the whole new one); listings are in ascending key order. Every upload carries
 * Content-MD5. Throws `store.not-found`, `store.exists`, `store.precondition-failed`, `store.unauthorized`, or the retryable `store.unavailable`.
 */
export interface BlobStore {
  /** For humans: where this is, without any credential. */
  readonly location: string;
  /** Creates the container when it is missing; proves that the credential works. */
  ensure(): Promise<void>;
  /** One request whatever the size, at most 256 MiB. */
  put(key: string, content: Uint8Array, options?: PutOptions): Promise<{ etag: string }>;
  /**
   * A blob too large to hold: staged in blocks, visible only when all of them are. Chunks are not copied: once handed
   * over they must not be changed.
   */
  putLarge(key: string, content: AsyncIterable<Uint8Array>, options?: PutLargeOptions): Promise<{ etag: string; size: number }>;
  read(key: string, range?: ByteRange): Promise<BlobContent>;
  /** Chunks are the caller's own. */
  stream(key: string, range?: ByteRange): AsyncIterable<Buffer>;
  stat(key: string): Promise<BlobStat>;
  list(prefix: string): AsyncIterable<BlobStat>;
  /** A missing blob is success. */
  remove(key: string): Promise<void>;
}
