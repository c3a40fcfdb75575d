import type { BlobStore } from './blob-store';

/**
 * The container that SQL Server itself writes its backups to. Nothing else lies in it: the signature that SQL Server is given
 * may delete whatever is there.
 */
export interface BackupContainer {
  /** As SQL Server names it and its credential; without a slash at the end. */
  readonly url: string;
  /** To read and remove what SQL Server wrote. The lease that a failed backup left does not keep a blob from being removed. */
  readonly blobs: BlobStore;
  /** Makes the container when it is missing. Throws `sql.target-unusable` when a policy of it would break every backup. */
  prepare(): Promise<void>;
  /**
   * A signature to read, write, delete and list in this container alone, or to read and list, without a question mark. A secret.
   * It may end earlier than asked where the service allows no more: seven days for an identity. Throws `sql.target-unusable`.
   */
  sign(until: Date, rights?: 'write' | 'read'): Promise<string>;
  /** Keeps the hash beside a blob, unless a policy protects it from any change: it is on record all the same. Throws `store.precondition-failed` when it no longer has that etag. */
  keepHash(key: string, hash: { readonly etag: string; readonly sha256: string }): Promise<void>;
}
