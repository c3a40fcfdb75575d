import { randomBytes } from 'node:crypto';
import type { BoxRequest, BoxResult } from '../contracts/share-copy';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import { HubkeepError } from '../errors/hubkeep-error';
import { layout } from '../repository/layout';
import type { SegmentLines } from '../repository/index-reader';
import { openBase } from './base-cursor';
import { createBoxEntries, type Group } from './box-entries';
import { createBoxLedger } from './box-ledger';
import type { CopyBoxOptions } from './copy-box-options';
import { createIndexGroups } from './index-groups';
import { createJournal } from './journal';
import { graceMs, limits } from './limits';
import { createPacker, type Packer } from './packer';
import { storeContent } from './store-content';
import { walk, type WalkedEntry } from './walk';

/** Copies one time box of the share: walks, reconciles with the base, copies what is new, and writes its part of the index. */
export async function copyBox(options: CopyBoxOptions): Promise<BoxResult> {
  const { request, source, store, clock, onProgress } = options;
  const startedAt = clock.now().toISOString();
  const range = { after: request.cursor ?? request.partition.after, before: request.partition.before };
  const name = attemptName(request);
  const packPrefix = `${request.runId}/${name}`;

  let packer: Packer | undefined;
  const usedPacker = () =>
    (packer ??= createPacker({
      source,
      store,
      clock,
      packPrefix,
      earlier: options.earlier,
      signal: options.signal,
      onResult: entries.receive,
    }));

  const base = await openBase(store, options.segments, range);
  const groups = createIndexGroups({ store, runId: request.runId, prefix: name });
  const ledger = createBoxLedger();
  const journal = createJournal();
  const entries = createBoxEntries({ request, ledger, journal, packer: usedPacker, onProgress });
  let closing: { readonly group: Group; readonly base: SegmentLines | undefined } | undefined;
  let lastPath: SharePath | undefined;

  /** The group is finished when the next one closes: until then its files have had their time. */
  async function closeGroup() {
    const next = { group: entries.takeGroup(), base: base.segment() };
    await finishGroup();
    closing = next;
  }

  async function finishGroup() {
    if (closing === undefined) return;
    const { group, base: segment } = closing;
    closing = undefined;
    if (group.unanswered > 0) await packer?.settle(() => group.unanswered === 0);
    ledger.closed(group.slots);
    groups.close({ slots: group.slots, base: segment, packs: packer?.packsBegun() ?? 0 });
    if (groups.heldBytes() > limits.segmentsHeld) await packer?.flush();
    await groups.write(arePacksStored);
  }

  const arePacksStored = (count: number) => packer?.isStoredThrough(count) ?? true;

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
        const room = entries.found(walked, same);
        if (room !== undefined) await room;
        lastPath = walked.path;
        if (await endsHere()) return walked.path;
      }
      onProgress(entries.doneFiles(), ledger.counts.bytesRead);
    }
    return (await advanceBase(undefined)) === 'out of time' ? (lastPath ?? null) : null;
  }

  /** Packs first, then what points to them. */
  async function storeAll() {
    const stored = (await packer?.finish()) ?? [];
    await source.check();
    const journalPack = await journal.write(store, `${packPrefix}-9-000001`);
    const [content, segments] = await Promise.all([
      storeContent(store, layout.content(request.runId, name), stored),
      groups.segments(),
      groups.write(arePacksStored),
    ]);
    return { packs: [...(packer?.packs ?? []), ...(journalPack === undefined ? [] : [journalPack])], content, segments };
  }

  const next = await copyRange();
  await closeGroup();
  await finishGroup();
  const { packs, content, segments } = await storeAll();
  const { failed } = entries;
  return {
    segments,
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
}

/** Different for every attempt; names sort in the order in which tar has to extract the packs. */
function attemptName({ pass, partition, box }: BoxRequest): string {
  const order = pass === 'bulk' ? '0-bulk' : '1-delta';
  const place = [partition.number, box].map((number) => String(number).padStart(4, '0')).join('-');
  return `${order}-${place}-${randomBytes(3).toString('hex')}`;
}

function cancelled(): HubkeepError {
  return new HubkeepError('run.cancelled', 'the run was cancelled');
}
