import { randomBytes } from 'node:crypto';
import type { BoxRequest, BoxResult } from '../contracts/share-copy';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import { HubkeepError } from '../errors/hubkeep-error';
import { layout } from '../repository/layout';
import type { IndexLine } from '../repository/index-entry';
import type { SegmentLines } from '../repository/index-reader';
import type { ShareThread } from './aside/start-share-thread';
import { openBase } from './base-cursor';
import { createBoxEntries, type Group } from './box-entries';
import { createBoxLedger } from './box-ledger';
import type { CopyBoxOptions } from './copy-box-options';
import { cutBehindAllOf } from './cuts';
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
  const { replaced, partition } = request;
  const range = { after: request.cursor ?? partition.after, before: partition.before };
  const walked = replaced === undefined ? range : { ...range, after: cutBehindAllOf(replaced) };
  const name = attemptName(request);
  const packPrefix = `${request.runId}/${name}`;

  let running: ShareThread | undefined;
  const thread = () => (running ??= options.startThread?.());
  let packer: Packer | undefined;
  const usedPacker = () =>
    (packer ??= createPacker({
      source,
      thread,
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
  const journal = createJournal(store, packPrefix);
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
    groups.close({ lines: group.lines, base: segment, packs: packer?.packsBegun() ?? 0 });
    if (groups.heldBytes() > limits.segmentsHeld) await packer?.flush();
    await groups.write(arePacksStored);
    if (journal.heldBytes() > limits.journalHeld) await journal.write();
  }

  const arePacksStored = (count: number) => packer?.isStoredThrough(count) ?? true;

  /** Works off the base up to `path`, in its open segment. @returns true when there is more of it before `path`. */
  function advanceWithin(path: SharePath | undefined): boolean {
    for (let line = base.peek(); line !== undefined; line = base.peek()) {
      if (path !== undefined && comparePaths(line.entry.path, path) >= 0) return false;
      base.take();
      entries.baseOnly(line);
      lastPath = line.entry.path;
    }
    const boundary = base.boundary();
    return boundary !== undefined && (path === undefined || comparePaths(boundary, path) <= 0);
  }

  /** Works off the base's segments up to `path`, each a group of its own. @returns false when the box is over before. */
  async function crossSegments(path: SharePath | undefined): Promise<boolean> {
    do {
      await closeGroup();
      if (isOver() && lastPath !== undefined && mayEnd()) return false;
      await base.cross();
    } while (advanceWithin(path));
    return true;
  }

  const isTimeUp = (grace = 0) => clock.now().getTime() >= options.deadline.getTime() + grace;
  const isOver = () => isTimeUp() || (packer?.isFull() ?? false) || entries.failed.length >= limits.failedFiles;

  /** Not before the last entry below a replaced directory: the next box would not know of it. */
  function mayEnd(): boolean {
    const ahead = base.peek()?.entry.path ?? base.boundary();
    return ahead === undefined || !entries.isReplaced(ahead);
  }

  /** True for a directory that an earlier box began. All there is to know of it: whether it can still be listed. */
  function isBehind({ path, unlisted }: WalkedEntry): boolean {
    if (walked.after === undefined || comparePaths(path, walked.after) > 0) return false;
    const ahead = base.peek()?.entry.path;
    if (unlisted !== undefined) entries.leaveUnlisted(path, unlisted, ahead !== undefined && isWithin(ahead, path));
    return true;
  }

  /** True where the base has nothing more: there a group ends by its size alone. */
  const isPastBase = () => base.peek() === undefined && base.boundary() === undefined;

  function isGroupDue(): boolean {
    if (entries.groupSize() >= limits.segmentEntries && isPastBase()) return true;
    return (entries.groupSize() >= limits.groupEntries || isTimeUp(graceMs)) && mayEnd();
  }

  /** @returns true when the box is over behind this group. */
  async function endGroup(): Promise<boolean> {
    const mayCross = isPastBase();
    await closeGroup();
    if (mayCross) await base.cross();
    return isOver();
  }

  /** What the base has for this very path. */
  function takeSame(path: SharePath): IndexLine | undefined {
    const line = base.peek();
    if (line?.entry.path !== path) return undefined;
    base.take();
    return line;
  }

  async function copyRange(): Promise<SharePath | null> {
    for await (const batch of walk(source, walked)) {
      if (options.signal.aborted) throw cancelled();
      for (const found of batch) {
        const { path } = found;
        if (isBehind(found)) continue;
        if (advanceWithin(path) && !(await crossSegments(path))) return lastPath ?? null;
        const room = entries.found(found, takeSame(path));
        if (room !== undefined) await room;
        lastPath = path;
        if (isGroupDue() && (await endGroup())) return path;
      }
      onProgress(entries.doneFiles(), ledger.counts.bytesRead);
    }
    return !advanceWithin(undefined) || (await crossSegments(undefined)) ? null : (lastPath ?? null);
  }

  /** Packs first, then what points to them. */
  async function storeAll() {
    const stored = await packer?.finish();
    await source.check();
    const [content, segments] = await Promise.all([
      stored === undefined ? [] : storeContent(store, layout.content(request.runId, name), stored),
      groups.segments(),
      groups.write(arePacksStored),
      journal.write(),
    ]);
    packer?.forget();
    return { packs: [...(packer?.packs ?? []), ...journal.packs], content, segments };
  }

  async function copyAll() {
    const next = await copyRange();
    await closeGroup();
    await finishGroup();
    return { next, ...(await storeAll()) };
  }

  const { next, packs, content, segments } = await copyAll().finally(() => running?.close());
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
