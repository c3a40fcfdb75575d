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
export async function followRun({ config, progress, points }: Hubkeep, engine: EmbeddedEngine, view: ProgressView) {
  const totalFiles = config.components.includes('fileshare') ? await filesLastTime(points) : undefined;
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
    view.update(toTask(report, totalFiles));
  });
  return () => {
    stopStatus();
    stopProgress();
  };
}

function toTask({ activity, subject, percent, files, bytes }: Progress, totalFiles: number | undefined): TaskProgress {
  if (activity === 'fileshare-bulk') return { task: 'file share', files, bytes, totalFiles };
  if (activity === 'fileshare-delta') return { task: 'file share, second look', files, bytes, totalFiles };
  return { task: subject ?? activity.replace(/^database-/, ''), percent, files, bytes };
}

/** What the share held at the last backup is the best guess at what it holds now. */
async function filesLastTime(points: Hubkeep['points']): Promise<number | undefined> {
  const newest = await points.newestReadable(({ fileshare }) => fileshare?.status === 'succeeded');
  if (newest?.point.fileshare?.status !== 'succeeded') return undefined;
  return newest.point.fileshare.counts.files;
}
