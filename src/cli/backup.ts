import type { Command } from 'commander';
import type { Hubkeep } from '../compose';
import type { RunEnd } from '../contracts/activities';
import type { RunRequest, RunSummary } from '../contracts/run';
import { HubkeepError } from '../errors/hubkeep-error';
import type { EmbeddedEngine } from '../workflow/embedded';
import type { WorkflowStatus } from '../workflow/workflow-client';
import { withCommonOptions, type Act } from './act';
import { showSummary } from './backup-summary';
import { parseComponents } from './components-option';
import { createEmbeddedRuns } from './embedded-runs';
import { exitCodes, type ExitCode } from './exit-codes';
import { openHubkeep } from './open-hubkeep';
import { createProgressView } from './progress/create-progress-view';
import type { ProgressView } from './progress/progress-view';
import { followRun } from './progress/follow-run';
import { stopOnSignal } from './stop-on-signal';
import type { CommonOptions, Terminal } from './terminal';

interface BackupOptions extends CommonOptions {
  readonly components?: string;
  readonly reason?: string;
}

export function addBackupCommand(program: Command, act: Act) {
  withCommonOptions(program.command('backup').description('take a backup now and make it a recovery point'))
    .option('--components <list>', 'some of databases,fileshare,secrets; BACKUP_COMPONENTS when not given', parseComponents)
    .option('--reason <text>', 'why, for those who look at the recovery point later')
    .action((options: BackupOptions) => act(options, (terminal) => backUp(terminal, options)));
}

async function backUp(terminal: Terminal, options: BackupOptions): Promise<ExitCode> {
  const hubkeep = openHubkeep(terminal, { ...options, sources: true });
  // Before anything is started: a store that cannot be reached is told at once.
  await hubkeep.repositoryId();
  const { engine } = createEmbeddedRuns(hubkeep);
  const view = createProgressView(terminal, hubkeep.clock);
  const summary = await runToItsEnd({ hubkeep, engine, view, reason: options.reason, isWatched: terminal.isWatched });
  const stored = summary.recoveryPoint === undefined ? undefined : await hubkeep.runPoints.read(summary.recoveryPoint);
  showSummary(terminal, { summary, point: stored?.point, store: hubkeep.store.location });
  terminal.printJson({ ...summary, recoveryPoint: summary.recoveryPoint ?? null });
  return summary.status === 'complete' ? exitCodes.done : summary.status === 'partial' ? exitCodes.partial : exitCodes.failed;
}

interface RunOptions {
  readonly hubkeep: Hubkeep;
  readonly engine: EmbeddedEngine;
  readonly view: ProgressView;
  readonly reason: string | undefined;
  readonly isWatched: boolean;
}

async function runToItsEnd({ hubkeep, engine, view, reason, isWatched }: RunOptions): Promise<RunSummary> {
  const { clock, config, summaries } = hubkeep;
  const unfollow = followRun(hubkeep, engine, view);
  let letGo: () => void = () => undefined;
  try {
    const run = await hubkeep.startRun({ components: config.components, trigger: 'cli', reason }, async (request) => {
      letGo = stopOnSignal(clock, () => {
        cancel(request);
      });
      await engine.start({ orchestrator: 'back-up', instanceId: request.runId, input: request });
    });
    const ended = await engine.wait(run.runId);
    if (ended.runtimeStatus !== 'completed') throw brokenOff(run, ended);
    return (ended.output as RunEnd).summary ?? (await summaries.read(run.runId));
  } finally {
    letGo();
    unfollow();
    view.stop();
  }

  function cancel({ runId }: RunRequest) {
    // A terminal has written ^C where the cursor stood.
    view.stage(`${isWatched ? '\n' : ''}cancelling ${runId}; once more ends it at once`);
    summaries.requestCancel(runId, clock.now()).catch((error: unknown) => {
      view.stage(`the run could not be cancelled: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

/** The run could not even write its own end. */
function brokenOff({ runId }: RunRequest, { problem }: WorkflowStatus): HubkeepError {
  const options = problem?.hint === undefined ? {} : { hint: problem.hint };
  return new HubkeepError(
    problem?.code ?? 'internal',
    `run ${runId} broke off: ${problem?.message ?? 'no reason is known'}`,
    options,
  );
}
