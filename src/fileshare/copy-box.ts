import { hash, randomBytes } from 'node:crypto';
import { comparePaths, isWithin, type SharePath } from '../contracts/share-path';
import type { BlobReference, FailedFile, Segment } from '../contracts/recovery-point';
import type { BoxRequest, BoxResult } from '../contracts/share-copy';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import type { FileSource } from '../ports/file-source';
import { encodeContent } from '../repository/content-index';
import type { IndexLine } from '../repository/index-entry';
import { layout } from '../repository/layout';
import { openBase } from './base-cursor';
import { createBoxLedger } from './box-ledger';
import { createIndexGroups, type Slot } from './index-groups';
import { createJournal } from './journal';
import { limits } from './limits';
import type { PackPool } from './pack-pool';
import type { FileResult } from './pack-protocol';
import { asStale, reconcile } from './reconcile';
import { walk, type WalkedEntry } from './walk';

export interface CopyBoxOptions {
  readonly request: BoxRequest;
  readonly source: FileSource;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly segments: readonly Segment[];
  readonly deadline: Date;
  readonly signal: AbortSignal;
  /** Starts pack threads; called when the first file has to be read. */
  readonly startPool: (packPrefix: string, onResult: (result: FileResult) => void) => Promise<PackPool>;
  /** Files done with and bytes read so far, of this box. */
  readonly onProgress: (files: number, bytes: number) => void;
}

/** Results come one by one; whoever watches need not hear of each. */
const progressEvery = 100;

interface Awaited {
  readonly slot: Slot;
  readonly base: IndexLine | undefined;
}

/** Copies one time box of the share: walks, reconciles with the base, copies what is new, and writes its part of the index. */
export async function copyBox(options: CopyBoxOptions): Promise<BoxResult> {
  const { request, source, store, clock } = options;
  const startedAt = clock.now().toISOString();
  const range = { after: request.cursor ?? request.partition.after, before: request.partition.before };
  const name = `${request.pass === 'bulk' ? '0-bulk' : '1-delta'}-${String(request.box).padStart(4, '0')}-${randomBytes(3).toString('hex')}`;
  const packPrefix = `${request.runId}/${name}`;

  const groups = createIndexGroups({ store, runId: request.runId, prefix: name });
  const ledger = createBoxLedger();
  const journal = createJournal();
  const awaited = new Map<number, Awaited>();
  const failed: FailedFile[] = [];
  let pool: PackPool | undefined;
  let group: Slot[] = [];
  let unlisted: { path: SharePath; code: string } | undefined;
  let nextId = 0;
  let doneFiles = 0;
  let closing: Promise<void> = Promise.resolve();
  let lastPath: SharePath | undefined;

  const base = await openBase(store, options.segments, range);

  const startedPool = async () => (pool ??= await options.startPool(packPrefix, receive));
  options.signal.addEventListener('abort', () => pool?.cancel(cancelled()));

  function receive(result: FileResult) {
    const waiting = awaited.get(result.id);
    if (waiting === undefined) return;
    awaited.delete(result.id);
    const { slot, base: before } = waiting;
    doneFiles += 1;
    if (doneFiles % progressEvery === 0) options.onProgress(doneFiles, ledger.counts.bytesRead);
    if (result.status === 'copied') {
      slot.line = ledger.copied(slot.path, result, before);
      if (result.changing) report(slot.path, { code: 'share.changing', message: 'was written to while it was read', kept: false });
      if (result.reused === 'earlier' || (result.reused === 'same' && slot.line !== before)) journal.reused(slot.line);
      return;
    }
    const kept = before?.entry.type === 'file';
    if (kept) slot.line = keepStale(before, result.code);
    report(slot.path, { ...result, kept });
  }

  function report(path: SharePath, { code, message, kept }: { code: string; message: string; kept: boolean }) {
    failed.push({ path, code, message, keptEarlier: kept });
  }

  function keepStale(line: IndexLine, code: string): IndexLine {
    const stale = asStale(line, request.runId, code);
    if (stale.line !== line.line) journal.reused(stale);
    return stale;
  }

  function baseOnly(line: IndexLine) {
    const { path } = line.entry;
    if (unlisted !== undefined && isWithin(path, unlisted.path)) group.push({ path, line: keepStale(line, unlisted.code) });
    else if (request.pass === 'delta') group.push({ path, line });
    else {
      ledger.removed(line);
      journal.removed(path);
    }
  }

  async function found(walked: WalkedEntry, before: IndexLine | undefined) {
    const { path, entry } = walked;
    if (walked.unlisted !== undefined) {
      unlisted = { path, code: walked.unlisted.code };
      report(path, { ...walked.unlisted, kept: before !== undefined });
    }
    const decision = reconcile(walked, before, { pass: request.pass, sequence: request.sequence });
    if (decision.action === 'refuse') {
      report(path, { code: 'share.unreadable', message: `${path} is neither file, directory nor link`, kept: false });
      return;
    }
    const slot: Slot = { path, line: undefined };
    group.push(slot);
    if (decision.action === 'copy') {
      const id = nextId++;
      awaited.set(id, { slot, base: before });
      const known = decision.knownHash === undefined ? {} : { knownHash: decision.knownHash };
      await (await startedPool()).submit({ id, path, size: entry.size, ...known });
      return;
    }
    slot.line = decision.line;
    if (decision.action === 'keep') {
      ledger.kept(decision.line);
      doneFiles += decision.line.entry.type === 'file' ? 1 : 0;
      return;
    }
    const member = decision.line.entry;
    const type = member.type === 'symlink' ? ('SymbolicLink' as const) : ('Directory' as const);
    await (await startedPool()).addMember({
      type,
      path,
      mtime: member.mtime,
      ...(member.ctime === undefined ? {} : { ctime: member.ctime }),
      ...(member.type === 'symlink' ? { target: member.target } : {}),
    });
  }

  /** Settles behind the walk: only one group is ever waited for. */
  async function closeGroup() {
    const slots = group;
    const segment = base.segment();
    group = [];
    await closing;
    const settled = awaited.size > 0 ? pool?.settle() : undefined;
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
        baseOnly(line);
        lastPath = line.entry.path;
        continue;
      }
      const boundary = base.boundary();
      if (line !== undefined || boundary === undefined) return 'on';
      if (path !== undefined && comparePaths(boundary, path) > 0) return 'on';
      await closeGroup();
      if (isOver() && lastPath !== undefined) return 'out of time';
      await base.cross();
    }
  }

  const isOver = () => clock.now() >= options.deadline;

  async function copyRange(): Promise<SharePath | null> {
    for await (const batch of walk(source, range)) {
      throwIfCancelled(options.signal);
      for (const walked of batch) {
        if ((await advanceBase(walked.path)) === 'out of time') return lastPath ?? null;
        const before = base.peek();
        const same = before?.entry.path === walked.path ? before : undefined;
        if (same !== undefined) base.take();
        await found(walked, same);
        lastPath = walked.path;
        if (group.length >= limits.segmentEntries && base.peek() === undefined && base.boundary() === undefined) {
          await closeGroup();
          await base.cross();
          if (isOver()) return lastPath;
        }
      }
      options.onProgress(doneFiles, ledger.counts.bytesRead);
    }
    return (await advanceBase(undefined)) === 'out of time' ? (lastPath ?? null) : null;
  }

  try {
    const next = await copyRange();
    await closeGroup();
    await closing;
    const stored = (await pool?.finish()) ?? [];
    await source.check();
    const packs = [...(pool?.packs ?? [])];
    const journalPack = await journal.write(store, `${packPrefix}-9-000001`);
    if (journalPack !== undefined) packs.push(journalPack);
    await groups.write();
    const content = stored.length === 0 ? [] : [await writeContent(store, layout.content(request.runId, name), encodeContent(stored))];
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

async function writeContent(store: BlobStore, key: string, bytes: Buffer): Promise<BlobReference> {
  const sha256 = hash('sha256', bytes, 'hex');
  await store.put(key, bytes, { onlyIfAbsent: true, sha256 });
  return { key, size: bytes.length, sha256 };
}

function throwIfCancelled(signal: AbortSignal) {
  if (signal.aborted) throw cancelled();
}

function cancelled(): HubkeepError {
  return new HubkeepError('run.cancelled', 'the run was cancelled');
}
