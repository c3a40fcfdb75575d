import { randomBytes } from 'node:crypto';
import type { RestoreRecord, RestoreRequest, RestoreRun } from '../contracts/restore';
import { runIdOf } from '../contracts/run-id';
import { hubkeepVersion } from '../contracts/version';
import { codeOf } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { Clock } from '../ports/clock';
import { endedWithItsProcess, type RestoreRecords } from './restore-records';
import type { RunLock } from './run-lock';

export type StartRestoreOptions = Pick<RestoreRequest, 'recoveryPoint' | 'include' | 'overwrite' | 'directory'>;

export interface RestoreStarterOptions {
  readonly lock: RunLock;
  readonly records: RestoreRecords;
  readonly clock: Clock;
}

/** Takes the lock of restores and hands one to an engine. The loser of two starters is told which is running. */
export function createRestoreStarter({ lock, records, clock }: RestoreStarterOptions) {
  /** The process of that restore is gone: nobody else will say so. */
  async function closeDead(runId: string) {
    try {
      const record = await records.read(runId);
      if (record.status === 'running')
        await records.write({ ...endedWithItsProcess(record), endedAt: clock.now().toISOString() });
    } catch (error) {
      if (codeOf(error) !== 'run.not-found') throw error;
    }
  }

  /** The first error is what counts: the store that failed the start may well fail this too. */
  async function giveUp(record: RestoreRecord, error: unknown) {
    try {
      const endedAt = clock.now().toISOString();
      await records.write({ ...record, status: 'failed', phase: 'ended', endedAt, problems: [toProblem(error)] });
    } finally {
      await lock.release(record.runId);
    }
  }

  /** @throws `run.busy` with the running id in `details.runId`; nothing was started then. */
  return async function startRestore(
    options: StartRestoreOptions,
    start: (run: RestoreRun) => Promise<void>,
  ): Promise<RestoreRecord> {
    const now = clock.now();
    const runId = runIdOf(now, randomBytes(2).toString('hex'));
    const { replaced } = await lock.acquire(runId);
    const record: RestoreRecord = {
      ...{ runId, hubkeepVersion, components: ['fileshare'], ...options, startedAt: now.toISOString() },
      ...{ status: 'running', phase: 'starting', problems: [] },
    };
    try {
      if (replaced !== undefined) await closeDead(replaced);
      await records.write(record);
      await start({ runId, version: hubkeepVersion });
      return record;
    } catch (error) {
      await giveUp(record, error).catch(() => undefined);
      throw error;
    }
  };
}

export type RestoreStarter = ReturnType<typeof createRestoreStarter>;
