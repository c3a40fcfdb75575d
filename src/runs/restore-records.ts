import { type RestoreRecord, restoreRecordSchema, type RestoredCounts, restoredCountsSchema } from '../contracts/restore';
import { type Progress, progressSchema } from '../contracts/run';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { readJson, readJsonIfPresent, writeJson } from '../repository/json-blob';
import { layout } from '../repository/layout';

/** What is known of restores that ran as orchestrations, and what their boxes did. */
export function createRestoreRecords(store: BlobStore) {
  const cancelledHere = new Set<string>();

  return {
    write: (record: RestoreRecord): Promise<void> => writeJson(store, layout.restore(record.runId), record),
    /** @throws `run.not-found` */
    async read(runId: string): Promise<RestoreRecord> {
      const record = await readJsonIfPresent(store, layout.restore(runId), restoreRecordSchema);
      if (record === undefined) throw new HubkeepError('run.not-found', `there is no restore ${runId}`);
      return record;
    },
    /** Again, it takes the place of what the box did the first time. */
    writeBox: (runId: string, name: string, counts: RestoredCounts): Promise<void> =>
      writeJson(store, layout.restoreBox(runId, name), counts),
    async *boxes(runId: string): AsyncGenerator<RestoredCounts> {
      for await (const { key } of store.list(layout.restoreBoxes(runId))) yield readJson(store, key, restoredCountsSchema);
    },
    async progress(runId: string): Promise<Progress[]> {
      const found: Progress[] = [];
      for await (const { key } of store.list(`${layout.restoreFiles(runId)}progress/`))
        found.push(await readJson(store, key, progressSchema));
      return found;
    },
    async requestCancel(runId: string, at: Date): Promise<void> {
      await writeJson(store, layout.restoreCancel(runId), { at: at.toISOString() });
      cancelledHere.add(runId);
    },
    /** True when this process asked for it; says nothing of others. */
    isCancelledHere: (runId: string): boolean => cancelledHere.has(runId),
    async isCancelRequested(runId: string): Promise<boolean> {
      for await (const { key } of store.list(layout.restoreCancel(runId))) return key === layout.restoreCancel(runId);
      return false;
    },
  };
}

export type RestoreRecords = ReturnType<typeof createRestoreRecords>;

/** As it reads once the process that ran it is gone. */
export function endedWithItsProcess(record: RestoreRecord): RestoreRecord {
  const problem = { code: 'internal' as const, message: 'the process that ran it ended before it did' };
  return { ...record, status: 'failed', phase: 'ended', problems: [...record.problems, problem] };
}
