import type { BlobReference } from '../contracts/recovery-point';
import { type BoxRequest, type BoxResult, boxResultSchema } from '../contracts/share-copy';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import type { Log } from '../ports/log';
import { openContentIndex } from '../repository/content/open-content-index';
import { createJson, readJson, readJsonIfPresent } from '../repository/json-blob';
import { layout } from '../repository/layout';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { ShareThread } from './aside/start-share-thread';
import { copyBox } from './copy-box';
import { resolveBase } from './share-base';

export interface FileShareOptions {
  readonly source: FileSource;
  /** What the source leaves out, for the record. */
  readonly exclude: readonly string[];
  /** Starts what reads small files beside this thread; absent where nothing does. */
  readonly startThread?: (() => ShareThread) | undefined;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  readonly log: Log;
  /** How long one box copies before it hands back a cursor. */
  readonly boxMs: number;
}

export interface BoxOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (files: number, bytes: number) => void;
}

/** Copies the share, one time box a call. */
export function createFileShare(options: FileShareOptions) {
  const { source, exclude, store, points, clock, log } = options;

  function openContent(files: readonly BlobReference[]) {
    const onDamaged = (error: HubkeepError) => {
      log.warn('content.damaged', { code: error.code, message: error.message });
    };
    return openContentIndex(store, files, { onDamaged });
  }

  async function refuseEmpty() {
    const entries = await source.list('');
    if (entries.some(({ excluded }) => excluded !== true)) return;
    throw entries.length > 0 ? nothingLeft(source.location) : emptyShare(source.location);
  }

  async function copy(request: BoxRequest, { signal, onProgress }: BoxOptions): Promise<BoxResult> {
    await source.check();
    await refuseEmpty();
    const base = await resolveBase(store, points, request.base);
    const result = await copyBox({
      request,
      source,
      startThread: options.startThread,
      store,
      clock,
      segments: base.segments,
      deadline: new Date(clock.now().getTime() + options.boxMs),
      signal,
      onProgress,
      earlier: openContent(base.content),
    });
    // What is left of a share that was unmounted meanwhile is an empty directory.
    await refuseEmpty();
    return exclude.length === 0 ? result : { ...result, excludes: [...exclude] };
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

function emptyShare(location: string): HubkeepError {
  return new HubkeepError('share.empty', `the share ${location} is empty`, {
    hint: 'An empty share is never a backup: check that FILE_SHARE_PATH is mounted, and that it or FILE_SHARE_SMB_URL names the WebSites folder.',
  });
}

function nothingLeft(location: string): HubkeepError {
  return new HubkeepError('share.empty', `FILE_SHARE_EXCLUDE leaves nothing of the share ${location}`, {
    hint: 'Take a glob out of FILE_SHARE_EXCLUDE, or fileshare out of BACKUP_COMPONENTS.',
  });
}
