import { type Phase, type Progress, progressSchema, type RunRequest, type RunSummary, runSummarySchema } from '../contracts/run';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { readJson, readJsonIfPresent, writeJson } from '../repository/json-blob';
import { layout, runOf } from '../repository/layout';

/** What is known of runs for good, failed ones too. */
export function createRunSummaries(store: BlobStore) {
  const cancelledHere = new Set<string>();

  return {
    async write(summary: RunSummary): Promise<void> {
      await writeJson(store, layout.run(summary.runId), summary);
    },
    find: (runId: string): Promise<RunSummary | undefined> => readJsonIfPresent(store, layout.run(runId), runSummarySchema),
    /** @throws `run.not-found` */
    async read(runId: string): Promise<RunSummary> {
      const summary = await this.find(runId);
      if (summary === undefined) throw new HubkeepError('run.not-found', `there is no run ${runId}`);
      return summary;
    },
    /** Oldest first. */
    async *list(): AsyncGenerator<RunSummary> {
      for await (const { key } of store.list(layout.runs)) {
        if (key.endsWith('/run.json')) yield readJson(store, key, runSummarySchema);
      }
    },
    /** Newest first: an id begins with the time of its run. */
    async ids(): Promise<string[]> {
      const found: string[] = [];
      for await (const { key } of store.list(layout.runs)) {
        const runId = runOf(key);
        if (key === layout.run(runId)) found.push(runId);
      }
      return found.reverse();
    },
    async progress(runId: string): Promise<Progress[]> {
      const found: Progress[] = [];
      for await (const { key } of store.list(`${layout.runFiles(runId)}progress/`))
        found.push(await readJson(store, key, progressSchema));
      return found;
    },
    async requestCancel(runId: string, at: Date): Promise<void> {
      await writeJson(store, layout.cancel(runId), { at: at.toISOString() });
      cancelledHere.add(runId);
    },
    /** True when this process asked for it; says nothing of others. */
    isCancelledHere: (runId: string): boolean => cancelledHere.has(runId),
    async isCancelRequested(runId: string): Promise<boolean> {
      for await (const blob of store.list(layout.cancel(runId))) return blob.key === layout.cancel(runId);
      return false;
    },
  };
}

/** From here on the run can be asked for. */
export function firstSummary({ runId, version, fence: _, ...asked }: RunRequest, phase: Phase): RunSummary {
  return { runId, ...asked, hubkeepVersion: version, status: 'running', phase, problems: [], warnings: [] };
}

export type RunSummaries = ReturnType<typeof createRunSummaries>;
