import { hash } from 'node:crypto';
import { z } from 'zod';
import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { jsonBytes, readJson } from './json-blob';
import { layout } from './layout';

const markSchema = z.looseObject({
  kind: z.string(),
  at: z.string(),
  reason: z.string().optional(),
  /** Who came to that view, where only the same may take it back. */
  by: z.string().optional(),
});
/** A fact about a point that came up after its commit. */
export type Mark = z.infer<typeof markSchema>;

/** What is known of a point beside its record: appended, never changed. */
export function createMarks(store: BlobStore) {
  async function marks(id: string): Promise<Mark[]> {
    const found: Mark[] = [];
    for await (const { key } of store.list(layout.marks(id))) found.push(await readMark(key));
    return found;
  }

  /** A mark that is damaged still says by its name what it is. */
  async function readMark(key: string): Promise<Mark> {
    const named = layout.markNamed(key);
    try {
      return { ...(await readJson(store, key, markSchema)), ...(named === undefined ? {} : { kind: named.kind }) };
    } catch (error) {
      if (codeOf(error) !== 'format.damaged' || named === undefined) throw error;
      return { ...named, reason: 'the mark itself is damaged' };
    }
  }

  /** Adds a fact about a point; the same kind at the same time is there once. */
  async function mark(id: string, fact: Mark): Promise<void> {
    const content = jsonBytes(fact);
    const sha256 = hash('sha256', content, 'hex');
    try {
      await store.put(layout.mark(id, fact), content, { onlyIfAbsent: true, contentType: 'application/json', sha256 });
    } catch (error) {
      if (codeOf(error) !== 'store.exists') throw error;
    }
  }

  return { marks, mark };
}

/** False again once whoever found the point suspect has found it sound. */
export function isSuspect(marks: readonly Mark[]): boolean {
  return suspicionOf(marks) !== undefined;
}

/** Why a point is suspect; nothing when it is not. */
export function suspicionOf(marks: readonly Mark[]): string | undefined {
  const suspect = marks.find((mark) => mark.kind === 'suspect' && !marks.some((other) => isClearedBy(mark, other)));
  return suspect && (suspect.reason ?? 'no reason is known');
}

/** What is marked on a point as it stands: each kind once, and nothing of a suspicion that was taken back. */
export function standing(marks: readonly Mark[]): string[] {
  const kinds = new Set(marks.map(({ kind }) => kind));
  kinds.delete('cleared');
  if (!isSuspect(marks)) kinds.delete('suspect');
  return [...kinds];
}

function isClearedBy(suspect: Mark, { kind, by, at }: Mark): boolean {
  return kind === 'cleared' && by !== undefined && by === suspect.by && Date.parse(at) > Date.parse(suspect.at);
}
