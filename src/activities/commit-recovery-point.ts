import type { ActivityMap, NotCommitted } from '../contracts/activities';
import type { Warning } from '../contracts/outcome';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { codeOf, HubkeepError, isHubkeepError } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { BlobStore } from '../ports/blob-store';
import type { Clock } from '../ports/clock';
import { buildPoint } from '../recovery/build-point';
import { holdPoints } from '../recovery/hold-points';
import type { Runbooks } from '../recovery/runbook/runbooks';
import { survivalWarnings } from '../recovery/runbook/survival';
import type { RunbookTexts } from '../repository/commit-point';
import type { RecoveryPoints } from '../repository/recovery-points';
import type { RunGuard } from '../runs/run-guard';
import type { RunLock } from '../runs/run-lock';

export interface CommitServices {
  readonly guard: RunGuard;
  readonly lock: RunLock;
  readonly store: BlobStore;
  readonly points: RecoveryPoints;
  readonly clock: Clock;
  readonly stamp: string;
  readonly repositoryId: () => Promise<string>;
  /** How to recover from a point, which is stored with it. */
  readonly runbooks: Pick<Runbooks, 'stored' | 'place'>;
}

type Commit = ActivityMap['commit-recovery-point'];

/** Makes the recovery point exist, if anything succeeded and this run still holds the lock. */
export function createCommitRecoveryPoint(services: CommitServices) {
  const { guard, lock, store, points, clock, stamp, repositoryId, runbooks } = services;

  async function commit(request: Commit['input']): Promise<Commit['output']> {
    const { run, place } = request;
    const built = await buildPoint(request, {
      store,
      points,
      stamp,
      repositoryId: await repositoryId(),
      committedAt: clock.now(),
    });
    const cancelled = built.problems.find(({ code }) => code === 'run.cancelled');
    if (cancelled !== undefined) return { status: 'failed', problem: cancelled, problems: [] };
    const databases = request.databases ?? [];
    if (built.point === undefined) {
      await holdPoints(points, run, { databases, committed: false });
      return nothingToCommit(built.problems);
    }
    await lock.renew(run.runId, run.fence);
    const warnings = [...built.point.warnings, ...survivalWarnings(runbooks.place)];
    const uncommitted = { ...built.point, warnings };
    const { point } = await points.commit(uncommitted, { place, describe: (record) => runbookOf(runbooks, record) });
    await holdPoints(points, run, { databases, committed: true });
    return {
      status: 'succeeded',
      outcome: point.outcome,
      sequence: point.sequence,
      problems: built.problems,
      warnings: point.warnings,
    };
  }

  return async (request: Commit['input']): Promise<Commit['output']> => {
    try {
      return await guard(request.run.runId, () => commit(request));
    } catch (error) {
      if (isHubkeepError(error) && error.retryable) throw error;
      const problem = toProblem(error);
      return { status: 'failed', problem, problems: codeOf(error) === 'run.cancelled' ? [] : [problem] };
    }
  };
}

/** A point without a runbook restores as well as one with it. */
function runbookOf(runbooks: CommitServices['runbooks'], record: RecoveryPoint): RunbookTexts | Warning {
  try {
    return runbooks.stored(record);
  } catch (error) {
    return {
      code: 'runbook.failed',
      message: `The runbook of this point could not be written: ${toProblem(error).message}`,
      hint: 'docs/restore-without-hubkeep.md and hubkeep restore work without it; tell the makers of Hubkeep.',
    };
  }
}

function nothingToCommit(problems: NotCommitted['problems']): NotCommitted {
  const problem = toProblem(
    new HubkeepError('point.component-missing', 'no component could be backed up, so there is no recovery point'),
  );
  return { status: 'failed', problem, problems: problems.length === 0 ? [problem] : problems };
}
