import { type BoxRequest, type BoxResult, boxResultSchema } from '../contracts/share-copy';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import { openContent } from '../repository/content-index';
import { createJson, readJson, readJsonIfPresent } from '../repository/json-blob';
import { layout } from '../repository/layout';
import type { RecoveryPoints } from '../repository/recovery-points';
import { copyBox } from './copy-box';
import { resolveBase } from './share-base';

export interface FileShareOptions {
  readonly source: FileSource;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  /** How long one box copies before it hands back a cursor. */
  readonly boxMs: number;
}

export interface BoxOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (files: number, bytes: number) => void;
}

/** Copies the share, one time box a call. */
export function createFileShare(options: FileShareOptions) {
  const { source, store, points, clock } = options;

  async function loadContent(keys: readonly string[]) {
    return openContent(await Promise.all(keys.map(async (key) => (await store.read(key)).content)));
  }

  async function refuseEmpty() {
    const entries = await source.list('');
    if (entries.length > 0) return;
    throw new HubkeepError('share.empty', `the share ${source.location} is empty`, {
      hint: 'An empty share is never a backup: check that FILE_SHARE_PATH is mounted and names the WebSites folder.',
    });
  }

  async function copy(request: BoxRequest, { signal, onProgress }: BoxOptions): Promise<BoxResult> {
    await source.check();
    await refuseEmpty();
    const base = await resolveBase(store, points, request.base);
    return copyBox({
      request,
      source,
      store,
      clock,
      segments: base.segments,
      deadline: new Date(clock.now().getTime() + options.boxMs),
      signal,
      onProgress,
      earlier: await loadContent(base.content.map(({ key }) => key)),
    });
  }

  return {
    /**
     * Copies one box and leaves its result as a blob. The same box asked for again gives the result that is there.
     * @returns the result's key, and the cursor of the next box or null at the end.
     */
    async copyBox(request: BoxRequest, boxOptions: BoxOptions): Promise<{ key: string; result: BoxResult }> {
      const { pass, partition, box } = request;
      const key = layout.boxResult(request.runId, { pass, partition: partition.number, box });
      const done = await readJsonIfPresent(store, key, boxResultSchema);
      if (done !== undefined) return { key, result: done };
      const result = await copy(request, boxOptions);
      try {
        await createJson(store, key, result);
        return { key, result };
      } catch (error) {
        if (codeOf(error) !== 'store.exists') throw error;
        return { key, result: await readJson(store, key, boxResultSchema) };
      }
    },
  };
}

export type FileShare = ReturnType<typeof createFileShare>;
