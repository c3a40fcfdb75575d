import type { SharePath } from '../../contracts/share-path';

/** Files to be read into a slab: columns, because as many objects would cost as much as the reading. */
export interface FilesToRead {
  readonly slab: number;
  readonly paths: readonly SharePath[];
  readonly sizes: readonly number[];
  readonly mtimes: readonly string[];
  readonly ctimes: readonly (string | undefined)[];
}

/** What the thread is started with. */
export interface ShareThreadData {
  readonly root: string;
  readonly slabs: readonly SharedArrayBuffer[];
}

/** The thread as seen from the main one: it answers every batch with nothing, in their order, when the slab is filled. */
export interface ShareThreadHandle {
  postMessage(batch: FilesToRead): void;
  on(event: 'message', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  terminate(): Promise<unknown>;
}

export type SpawnShareThread = (data: ShareThreadData) => ShareThreadHandle;
