import { hash } from 'node:crypto';
import * as z from 'zod';
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
  /** Of `cleared`: whose suspicion is taken back, where not only that of `by`. */
  of: z.array(z.string()).optional(),
});
/** A fact about a point that came up after its commit. */
export type Mark = z.infer<typeof markSchema>;

/** What is known of a point beside its record: appended, never changed. */
export function createMarks(store: BlobStore) {
  async function marks(id: string): Promise<Mark[]> {
    const found: Mark[] = [];
    for await (const { key } of store.list(layout.marks(id))) {
      const named = layout.markNamed(key);
      // What somebody else left there is no mark.
      if (named !== undefined) found.push(await readMark(key, named));
    }
    return found;
  }

  /** A mark that is damaged still says by its name what it is; a verification that reads all can take it back. */
  async function readMark(key: string, named: { readonly kind: string; readonly at: string }): Promise<Mark> {
    try {
      return { ...(await readJson(store, key, markSchema)), kind: named.kind };
    } catch (error) {
      if (codeOf(error) !== 'format.damaged') throw error;
      return { ...named, by: 'verify', deep: true, reason: 'the mark itself is damaged' };
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

/** The same of what these found. */
export function isSuspectBy(marks: readonly Mark[], who: readonly string[]): boolean {
  return isSuspect(marks.filter(({ by }) => by !== undefined && who.includes(by)));
}

/** Why a point is suspect; nothing when it is not. */
export function suspicionOf(marks: readonly Mark[]): string | undefined {
  const suspect = marks.find((mark) => mark.kind === 'suspect' && !marks.some((other) => isClearedBy(mark, other)));
  return suspect && (suspect.reason ?? 'no reason is known');
}

/** What is marked on a point as it stands: the last of each kind, and nothing of a suspicion that was taken back. */
export function standing(marks: readonly Mark[]): string[] {
  const last = new Map(marks.map((mark) => [mark.kind, mark]));
  last.delete('cleared');
  if (!isSuspect(marks)) last.delete('suspect');
  return [...last.values()].map(inAWord);
}

function inAWord({ kind, status, findings }: Mark): string {
  if (kind === 'drill' && typeof status === 'string' && status !== 'succeeded') return `drill ${status}`;
  return kind === 'verified' && typeof findings === 'number' && findings > 0 ? 'verified with findings' : kind;
}

function isClearedBy(suspect: Mark, { kind, by, of, at }: Mark): boolean {
  const whose = of ?? (by === undefined ? [] : [by]);
  return kind === 'cleared' && suspect.by !== undefined && whose.includes(suspect.by) && Date.parse(at) > Date.parse(suspect.at);
}
