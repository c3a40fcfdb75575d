import type { Hubkeep } from '../../compose';
import type { Component } from '../../contracts/components';
import type { Phase, Progress, RunStatus } from '../../contracts/run';
import type { EmbeddedEngine } from '../../workflow/embedded';
import type { TaskProgress } from './meter';
import type { ProgressView } from './progress-view';

const componentNames: Readonly<Record<Component, string>> = {
  databases: 'databases',
  fileshare: 'file share',
  secrets: 'secrets',
};

/** Shows a run of this process. Gives the function that stops it. */
export function followRun({ config, progress }: Hubkeep, engine: EmbeddedEngine, view: ProgressView) {
  const stages: Readonly<Record<Phase, string | undefined>> = {
    starting: undefined,
    copying: `backing up ${config.components.map((component) => componentNames[component]).join(', ')}`,
    'databases-again': 'taking the databases again: the share took long',
    'catching-up': 'looking at the share again for what changed meanwhile',
    committing: 'putting the recovery point together',
    finishing: undefined,
    ended: undefined,
  };
  const stopStatus = engine.onStatus((_runId, status) => {
    const stage = stages[(status as RunStatus).phase];
    if (stage !== undefined) view.stage(stage);
  });
  const stopProgress = progress.listen((_runId, report) => {
    view.update(toTask(report));
  });
  return () => {
    stopStatus();
    stopProgress();
  };
}

/** Each step of a database is a task of its own: its percents start over. */
function toTask(progress: Progress): TaskProgress {
  const { activity, subject, percent, secondsLeft, files, expectedFiles: totalFiles, bytes, note } = progress;
  if (activity === 'fileshare-bulk') return { task: 'file share', files, bytes, totalFiles };
  if (activity === 'fileshare-delta') return { task: 'file share, second look', files, bytes, totalFiles };
  const name = subject ?? activity.replace(/^database-/, '');
  return { task: note === undefined ? name : `${note} ${name}`, percent, secondsLeft, files, bytes };
}
