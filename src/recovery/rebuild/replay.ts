import * as z from 'zod';
import { hashOf } from '../../repository/content-hash';
import { fromLine, toLine, type Extent, type IndexEntry } from '../../repository/index-entry';
import { toProblem } from '../../errors/to-problem';
import type { BlobStore } from '../../ports/blob-store';
import { readPack, type PackEvent } from './read-pack';
import type { PackedMember } from './read-members';

/** A pack that could not be read, and why. */
export interface LostPack {
  readonly pack: string;
  readonly reason: string;
}

/** The state of the share as the packs of runs tell it, run after run. */
export interface Replayed {
  /** The line of each path, and the run that wrote it. */
  readonly lines: ReadonlyMap<string, { readonly line: string; readonly run: string }>;
  readonly lost: readonly LostPack[];
}

export interface RunPacks {
  readonly run: string;
  /** In the order in which they are extracted. */
  readonly packs: readonly string[];
}

const lineSchema = z.looseObject({ path: z.string(), type: z.enum(['file', 'directory', 'symlink', 'removed']) });
const emptyHash = hashOf(new Uint8Array(0)).text;

/** Follows what each run stored, took from earlier ones and removed. */
export async function replay(store: BlobStore, runs: readonly RunPacks[], onPack: () => void): Promise<Replayed> {
  const lines = new Map<string, { readonly line: string; readonly run: string }>();
  const lost: LostPack[] = [];
  for (const { run, packs } of runs) {
    const contents = new Map<string, Content>();
    for (const pack of packs) {
      try {
        await readPack(store, pack, createApply({ pack, run, lines, contents }));
      } catch (error) {
        const { code, message } = toProblem(error);
        if (code !== 'store.not-found' && code !== 'format.damaged') throw error;
        lost.push({ pack, reason: code === 'store.not-found' ? 'is missing' : message });
      }
      onPack();
    }
  }
  return { lines, lost };
}

interface Content {
  readonly size: number;
  readonly extent: Extent;
}

interface ApplyOptions {
  readonly pack: string;
  readonly run: string;
  readonly lines: Map<string, { readonly line: string; readonly run: string }>;
  /** What this run stored so far, by hash: links name it. */
  readonly contents: Map<string, Content>;
}

function createApply({ pack, run, lines, contents }: ApplyOptions) {
  /** A file whose hash comes behind it. */
  let large: PackedMember | undefined;

  function set(entry: IndexEntry) {
    lines.set(entry.path, { line: toLine(entry).line, run });
  }

  function file(member: PackedMember, hash: string) {
    const { size, extent } = member;
    if (size === 0) {
      set(fileEntry(member, { size, hash: emptyHash }));
      return;
    }
    const content = { size, extent: { pack, ...extent } };
    contents.set(hash, content);
    set(fileEntry(member, { size, hash, extent: earlierExtent(member.path, hash) ?? content.extent }));
  }

  /** Content that was stored again under the same name, because nobody knew that it was there: the index keeps to the older one. */
  function earlierExtent(path: string, hash: string): Extent | undefined {
    const known = lines.get(path);
    const entry = known === undefined ? undefined : fromLine(known.line).entry;
    return entry?.type === 'file' && entry.hash === hash ? entry.extent : undefined;
  }

  function add(member: PackedMember) {
    const { path, type, target, comment } = member;
    const times = timesOf(member);
    if (type === 'directory') set({ path, type, ...times });
    else if (type === 'symlink') set({ path, type, ...times, target });
    else if (type === 'link') {
      const content = comment === undefined ? undefined : contents.get(comment);
      if (content !== undefined && comment !== undefined) set(fileEntry(member, { ...content, hash: comment }));
    } else if (comment === undefined) large = member;
    else file(member, comment);
  }

  return (event: PackEvent) => {
    if (event.is === 'member') add(event.member);
    else if (event.is === 'line') {
      const told = lineSchema.safeParse(JSON.parse(event.line));
      if (!told.success) return;
      const { path, type } = told.data;
      if (type === 'removed') lines.delete(path);
      else lines.set(path, { line: event.line, run });
    } else if (large?.path === event.path) file(large, event.hash);
  };
}

function timesOf({ mtime, ctime }: PackedMember) {
  return ctime === undefined ? { mtime } : { mtime, ctime };
}

function fileEntry(member: PackedMember, content: { size: number; hash: string; extent?: Extent }): IndexEntry {
  const { size, hash, extent } = content;
  const plain = { path: member.path, ...timesOf(member), type: 'file' as const, size, hash };
  return extent === undefined ? plain : { ...plain, extent };
}
