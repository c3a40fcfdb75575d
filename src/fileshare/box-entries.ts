import type { FailedFile } from '../contracts/recovery-point';
import type { BoxRequest } from '../contracts/share-copy';
import { isWithin, shownPath, type SharePath } from '../contracts/share-path';
import type { IndexLine } from '../repository/index-entry';
import type { createBoxLedger } from './box-ledger';
import { createGoneWatch } from './gone-watch';
import type { createJournal } from './journal';
import type { CopiedFile, FileResult } from './file-task';
import type { Packer } from './packer';
import { memberOf } from './plain-member';
import { asStale, reconcile } from './reconcile';
import type { Unlisted, WalkedEntry } from './walk';

export interface BoxEntriesOptions {
  readonly request: BoxRequest;
  readonly ledger: ReturnType<typeof createBoxLedger>;
  readonly journal: ReturnType<typeof createJournal>;
  /** Made when it is first called. */
  readonly packer: () => Packer;
  readonly onProgress: (files: number, bytes: number) => void;
}

/** Lines in path order that become one part of the index. */
export interface Group {
  /** Their text alone, for all of a group's are held at once; undefined where none has come, or none will. */
  readonly lines: (string | undefined)[];
  /** Places no result has come for yet. */
  unanswered: number;
}

interface Awaited {
  readonly path: SharePath;
  readonly group: Group;
  /** Of its line in the group. */
  readonly place: number;
  readonly base: IndexLine | undefined;
}

/** Results come one by one; whoever watches need not hear of each. */
const progressEvery = 100;

/** Decides what becomes of each path, found or known, and keeps the slots of the open group in path order. */
export function createBoxEntries({ request, ledger, journal, packer, onProgress }: BoxEntriesOptions) {
  const awaited = new Map<number, Awaited>();
  const failed: FailedFile[] = [];
  const gone = createGoneWatch();
  let group: Group = { lines: [], unanswered: 0 };
  let unlisted: { path: SharePath; code: string } | undefined;
  let { replaced } = request;
  let nextId = 0;
  let doneFiles = 0;

  function report(path: SharePath, { code, message, kept }: { code: string; message: string; kept: boolean }) {
    failed.push({ path, code, message, keptEarlier: kept });
  }

  function refuse(path: SharePath, base: IndexLine | undefined) {
    if (base !== undefined) journal.removed(path);
    const message = `${shownPath(path)} is neither file, directory nor link`;
    report(path, { code: 'share.unreadable', message, kept: false });
  }

  function keepStale(line: IndexLine, code: string): IndexLine {
    const stale = asStale(line, request.runId, code);
    if (stale.line !== line.line) journal.told(stale);
    return stale;
  }

  /** Nothing is known of what this holds tonight: what the base has below it stays. */
  function leaveUnlisted(path: SharePath, why: Unlisted, kept: boolean) {
    gone.unreadable(why);
    unlisted = { path, code: why.code };
    report(path, { ...why, kept });
  }

  /** True below a directory of the bulk pass that is something else by now: a file or link with entries below it cannot be restored. */
  function isReplaced(path: SharePath): boolean {
    return replaced !== undefined && isWithin(path, replaced);
  }

  function add(line: IndexLine) {
    group.lines.push(line.line);
    ledger.settled(line);
  }

  function settle(within: Group, place: number, line: IndexLine) {
    within.lines[place] = line.line;
    ledger.settled(line);
  }

  function copy({ path, entry }: WalkedEntry, base: IndexLine | undefined, knownHash: string | undefined) {
    const place = group.lines.push(undefined) - 1;
    group.unanswered += 1;
    const id = nextId++;
    awaited.set(id, { path, group, place, base });
    return packer().submit({ id, path, seen: entry, ...(knownHash === undefined ? {} : { knownHash }) });
  }

  /** A path only the base has. */
  function baseOnly(line: IndexLine) {
    const { path } = line.entry;
    if (unlisted !== undefined && isWithin(path, unlisted.path)) add(keepStale(line, unlisted.code));
    else if (request.pass === 'delta' && !isReplaced(path)) add(line);
    else {
      ledger.removed(line);
      journal.removed(path);
    }
  }

  return {
    failed,
    isReplaced,
    leaveUnlisted,
    groupSize: () => group.lines.length,
    doneFiles: () => doneFiles,
    /** Files submitted that no result has come for. */
    unanswered: () => awaited.size,
    /** Ends the open group and begins another. */
    takeGroup(): Group {
      const taken = group;
      group = { lines: [], unanswered: 0 };
      return taken;
    },
    /** A path the walk found; what it returns is to be awaited before the next. @param base what the base has for it. */
    found(walked: WalkedEntry, base: IndexLine | undefined): void | Promise<void> {
      gone.found(walked);
      const { path, entry } = walked;
      if (entry.excluded === true) {
        ledger.excluded();
        if (base !== undefined) baseOnly(base);
        return;
      }
      const unreadable = walked.unlisted ?? entry.problem;
      if (unreadable !== undefined) leaveUnlisted(path, unreadable, base !== undefined);
      if (entry.problem !== undefined) {
        if (base !== undefined) add(keepStale(base, entry.problem.code));
        return;
      }
      if (base?.entry.type === 'directory' && entry.kind !== 'directory') replaced = path;
      const decision = reconcile(walked, base, { pass: request.pass, sequence: request.sequence });
      switch (decision.action) {
        case 'refuse':
          refuse(path, base);
          break;
        case 'copy':
          return copy(walked, base, decision.knownHash);
        case 'keep':
          add(decision.line);
          ledger.kept(decision.line);
          if (entry.kind === 'file') doneFiles += 1;
          break;
        case 'record':
          add(decision.line);
          return packer().addMember(memberOf(decision.line.entry));
      }
    },
    baseOnly,
    /** What became of a file. */
    receive(result: FileResult) {
      const waiting = awaited.get(result.id);
      if (waiting === undefined) return;
      awaited.delete(result.id);
      const { path, group: within, place, base } = waiting;
      within.unanswered -= 1;
      doneFiles += 1;
      if (doneFiles % progressEvery === 0) onProgress(doneFiles, ledger.counts.bytesRead);
      if (result.status === 'failed') {
        const kept = base?.entry.type === 'file';
        report(path, { ...result, kept });
        if (kept) settle(within, place, keepStale(base, result.code));
        else journal.removed(path);
        return;
      }
      const line = ledger.copied(path, result, base);
      settle(within, place, line);
      if (result.changing) report(path, { code: 'share.changing', message: 'was written to while it was read', kept: false });
      if (isForJournal(result, line, base)) journal.told(line);
    },
  };
}

/** True for a line that no member of a pack tells, or not all of it. */
function isForJournal({ reused, racy }: CopiedFile, line: IndexLine, base: IndexLine | undefined): boolean {
  if (reused === 'same') return line !== base;
  return reused === 'earlier' || racy;
}
