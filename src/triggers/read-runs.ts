import { isRunId, runIdOf } from '../contracts/run-id';
import type { Phase, RunStatus, RunSummary } from '../contracts/run';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { RunLock } from '../runs/run-lock';
import type { RunSummaries } from '../runs/run-summaries';
import type { WorkflowClient } from '../workflow/workflow-client';

export interface RunReader {
  readonly summaries: RunSummaries;
  readonly lock: RunLock;
}

export interface RunFilter {
  readonly status?: RunSummary['status'] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
}

/** Summaries that one list reads at most, so that a rare status does not read every run there ever was. */
const mostRead = 500;

/** The run as it is now. Throws `run.not-found`. */
export async function readRun({ summaries, lock }: RunReader, runId: string): Promise<RunSummary> {
  // Nothing but an id becomes part of a blob's name.
  if (!isRunId(runId)) throw new HubkeepError('run.not-found', 'There is no such run.');
  const summary = await summaries.read(runId);
  if (summary.status !== 'running' || (await lock.holder()) === runId) return summary;
  // It may have ended between the two looks.
  const again = await summaries.read(runId);
  return again.status === 'running' ? endedWithItsProcess(again) : again;
}

/** Newest first. `more` when older ones were not looked at. */
export async function listRuns(reader: RunReader, filter: RunFilter): Promise<{ backups: RunSummary[]; more: boolean }> {
  const ids = (await idsOf(reader.summaries)).filter((id) => isWithin(id, filter));
  const backups: RunSummary[] = [];
  for (const [read, id] of ids.entries()) {
    if (backups.length === filter.limit || read === mostRead) return { backups, more: true };
    const run = await readRun(reader, id);
    if (filter.status === undefined || run.status === filter.status) backups.push(run);
  }
  return { backups, more: false };
}

/** The phase an engine in this process or this task hub knows of is newer than the one on record. */
export async function phaseOf(run: RunSummary, engine: WorkflowClient): Promise<Phase> {
  if (run.status !== 'running') return run.phase;
  const status = await engine.status(run.runId).catch(() => undefined);
  return (status?.customStatus as RunStatus | null | undefined)?.phase ?? run.phase;
}

function endedWithItsProcess(run: RunSummary): RunSummary {
  const problem = { code: 'internal' as const, message: 'the process that ran it ended before it did' };
  return { ...run, status: 'failed', phase: 'ended', problems: [...run.problems, problem] };
}

async function idsOf(summaries: RunSummaries): Promise<string[]> {
  try {
    return await summaries.ids();
  } catch (error) {
    // Before the first run there is no container.
    if (codeOf(error) === 'store.not-found') return [];
    throw error;
  }
}

/** An id begins with the time of its run, so that ids compare as times do. */
function isWithin(id: string, { from, to }: RunFilter): boolean {
  if (from !== undefined && id < runIdOf(new Date(from), '')) return false;
  return to === undefined || id < runIdOf(new Date(to), '');
}
