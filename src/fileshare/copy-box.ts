import { randomBytes } from 'node:crypto';
import type { BoxRequest, BoxResult } from '../contracts/share-copy';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import { HubkeepError } from '../errors/hubkeep-error';
import { sortContents } from '../repository/content-index';
import { layout } from '../repository/layout';
import { openBase } from './base-cursor';
import { createBoxEntries } from './box-entries';
import { createBoxLedger } from './box-ledger';
import type { CopyBoxOptions } from './copy-box-options';
import { createIndexGroups } from './index-groups';
import { createJournal } from './journal';
import { graceMs, limits } from './limits';
import type { PackPool } from './pack-pool';
import { storeContent } from './store-content';
import { walk, type WalkedEntry } from './walk';

/** Copies one time box of the share: walks, reconciles with the base, copies what is new, and writes its part of the index. */
export async function copyBox(options: CopyBoxOptions): Promise<BoxResult> {
  const { request, source, store, clock, onProgress } = options;
  const startedAt = clock.now().toISOString();
  const range = { after: request.cursor ?? request.partition.after, before: request.partition.before };
  const name = attemptName(request);
  const packPrefix = `${request.runId}/${name}`;

  let pool: PackPool | undefined;
  const startedPool = async () => (pool ??= await options.startPool(packPrefix, entries.receive));
  options.signal.addEventListener('abort', () => pool?.cancel(cancelled()));

  const base = await openBase(store, options.segments, range);
  const groups = createIndexGroups({ store, runId: request.runId, prefix: name });
  const ledger = createBoxLedger();
  const journal = createJournal();
  const entries = createBoxEntries({ request, ledger, journal, pool: startedPool, onProgress });
  // A first backup reads every file: its threads may as well start while the share is listed.
  if (options.segments.length === 0) await startedPool();
  let closing: Promise<void> = Promise.resolve();
  let lastPath: SharePath | undefined;

  /** Settles behind the walk: only one group is ever waited for. */
  async function closeGroup() {
    const slots = entries.takeGroup();
    const segment = base.segment();
    await closing;
    const settled = entries.unanswered() > 0 ? pool?.settle() : undefined;
    closing = (async () => {
      await settled;
      ledger.closed(slots);
      groups.close(slots, segment);
      if (groups.heldBytes() < limits.segmentsHeld) return;
      await pool?.flush();
      await groups.write();
    })();
    closing.catch(() => undefined);
  }

  /** Works off the base up to `path`, closing a group wherever the base's segments end. */
  async function advanceBase(path: SharePath | undefined): Promise<'on' | 'out of time'> {
    for (;;) {
      const line = base.peek();
      if (line !== undefined && (path === undefined || comparePaths(line.entry.path, path) < 0)) {
        base.take();
        entries.baseOnly(line);
        lastPath = line.entry.path;
        continue;
      }
      const boundary = base.boundary();
      if (line !== undefined || boundary === undefined) return 'on';
      if (path !== undefined && comparePaths(boundary, path) > 0) return 'on';
      await closeGroup();
      if (isOver() && lastPath !== undefined && mayEnd()) return 'out of time';
      await base.cross();
    }
  }

  const isOver = (grace = 0) => clock.now().getTime() >= options.deadline.getTime() + grace;

  /** Not before the last entry below a replaced directory: the next box would not know of it. */
  function mayEnd(): boolean {
    const ahead = base.peek()?.entry.path ?? base.boundary();
    return ahead === undefined || !entries.isReplaced(ahead);
  }

  /** True for a directory that an earlier box began. All there is to know of it: whether it can still be listed. */
  function isBehind({ path, unlisted }: WalkedEntry): boolean {
    if (range.after === undefined || comparePaths(path, range.after) > 0) return false;
    const ahead = base.peek()?.entry.path;
    if (unlisted !== undefined) entries.leaveUnlisted(path, unlisted, ahead !== undefined && isWithin(ahead, path));
    return true;
  }

  /** Closes the group where it is due. @returns true when the box is to end behind it. */
  async function endsHere(): Promise<boolean> {
    const isPastBase = base.peek() === undefined && base.boundary() === undefined;
    const isDue = isPastBase && entries.groupSize() >= limits.segmentEntries;
    const isOverdue = (entries.groupSize() >= limits.groupEntries || isOver(graceMs)) && mayEnd();
    if (!isDue && !isOverdue) return false;
    await closeGroup();
    if (isDue) await base.cross();
    return isOver();
  }

  async function copyRange(): Promise<SharePath | null> {
    for await (const batch of walk(source, range)) {
      if (options.signal.aborted) throw cancelled();
      for (const walked of batch) {
        if (isBehind(walked)) continue;
        if ((await advanceBase(walked.path)) === 'out of time') return lastPath ?? null;
        const before = base.peek();
        const same = before?.entry.path === walked.path ? before : undefined;
        if (same !== undefined) base.take();
        await entries.found(walked, same);
        lastPath = walked.path;
        if (await endsHere()) return walked.path;
      }
      onProgress(entries.doneFiles(), ledger.counts.bytesRead);
    }
    return (await advanceBase(undefined)) === 'out of time' ? (lastPath ?? null) : null;
  }

  /** Packs first, then the index that points to them. */
  async function storeAll() {
    const stored = (await pool?.finish()) ?? [];
    await source.check();
    const journalPack = await journal.write(store, `${packPrefix}-9-000001`);
    await groups.write();
    const content = await storeContent(store, layout.content(request.runId, name), sortContents(stored));
    return { packs: [...(pool?.packs ?? []), ...(journalPack === undefined ? [] : [journalPack])], content };
  }

  try {
    const next = await copyRange();
    await closeGroup();
    await closing;
    if (entries.unanswered() > 0) throw unanswered(entries.unanswered());
    const { packs, content } = await storeAll();
    const { failed } = entries;
    return {
      segments: groups.segments,
      packs,
      referenced: [...ledger.packs],
      content,
      counts: { ...ledger.counts, failed: failed.length, bytesStored: packs.reduce((sum, { size }) => sum + size, 0) },
      failed,
      next,
      source: source.location,
      startedAt,
      finishedAt: clock.now().toISOString(),
    };
  } finally {
    await pool?.destroy();
  }
}

/** Different for every attempt; names sort in the order in which tar has to extract the packs. */
function attemptName({ pass, box }: BoxRequest): string {
  const order = pass === 'bulk' ? '0-bulk' : '1-delta';
  return `${order}-${String(box).padStart(4, '0')}-${randomBytes(3).toString('hex')}`;
}

function unanswered(files: number): HubkeepError {
  return new HubkeepError('internal', `${files} files were handed to a pack thread and never answered for`, { retryable: true });
}

function cancelled(): HubkeepError {
  return new HubkeepError('run.cancelled', 'the run was cancelled');
}
