import { boxResultSchema, type BoxResult, type Pass } from '../contracts/share-copy';
import type { BlobStore } from '../ports/blob-store';
import { readJson } from './json-blob';
import { layout } from './layout';

const readAhead = 4;

/** Names of what the boxes of one pass over one partition left behind, in path order. */
export function boxKeys(runId: string, { pass, partition, boxes }: { pass: Pass; partition: number; boxes: number }): string[] {
  return Array.from({ length: boxes }, (_, box) => layout.boxResult(runId, { pass, partition, box }));
}

/** What boxes left behind, one after another and few at a time: all of them together grow with the share. */
export async function* readBoxes(store: BlobStore, keys: readonly string[]): AsyncGenerator<BoxResult> {
  const ahead: Promise<BoxResult>[] = [];
  for (let next = 0; next < keys.length || ahead.length > 0;) {
    for (; ahead.length < readAhead && next < keys.length; next++) {
      const reading = readJson(store, keys[next] ?? '', boxResultSchema);
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    const box = await ahead.shift();
    if (box !== undefined) yield box;
  }
}
