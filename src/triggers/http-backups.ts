import type { Config } from '../config/config';
import type { Component } from '../contracts/components';
import { HubkeepError } from '../errors/hubkeep-error';
import type { ApiRoute } from './api-route';
import { listBackupsSchema, startBackupSchema, type RunAnswer } from './api-schemas';
import type { ApiServices } from './api-services';
import { listRuns, phaseOf, readRun } from './read-runs';
import { readBody, readQuery } from './read-request';
import { json } from './responses';
import { startBackup } from './start-backup';

/** Starting, watching and stopping runs. */
export function backupRoutes(services: ApiServices): ApiRoute[] {
  return [start(services), list(services), get(services), cancel(services)];
}

function start({ config, startRun }: ApiServices): ApiRoute {
  return {
    name: 'http-start-backup',
    method: 'POST',
    path: 'backups',
    isAnonymous: false,
    summary: 'Starts a backup. One runs at a time: while it does, the answer is 409 and names it.',
    body: startBackupSchema,
    success: { status: 202, answer: 'StartedBackup' },
    refusals: [409],
    async handle(request, engine) {
      const { components = config.components, reason } = await readBody(request, startBackupSchema);
      const distinct = [...new Set(components)];
      refuseUnconfigured(config, distinct);
      const { runId } = await startBackup(startRun, engine, { components: distinct, reason, trigger: 'http' });
      const { links } = linksOf({ runId, status: 'running' });
      return json(202, { runId, status: 'running', links }, { location: links.self, 'retry-after': '10' });
    },
  };
}

function list(services: ApiServices): ApiRoute {
  return {
    name: 'http-list-backups',
    method: 'GET',
    path: 'backups',
    isAnonymous: false,
    summary: 'The runs there were, failed ones too.',
    query: listBackupsSchema,
    success: { status: 200, answer: 'BackupList' },
    handle: async (request) => json(200, await listRuns(services, readQuery(request, listBackupsSchema))),
  };
}

function get(services: ApiServices): ApiRoute {
  return {
    name: 'http-get-backup',
    method: 'GET',
    path: 'backups/{runId}',
    isAnonymous: false,
    summary: 'One run: its phase and progress while it runs, then how it ended.',
    success: { status: 200, answer: 'Backup' },
    refusals: [404],
    async handle({ params }, engine) {
      const run = await readRun(services, params['runId'] ?? '');
      const [phase, progress] = await Promise.all([phaseOf(run, engine), services.summaries.progress(run.runId)]);
      const answer: RunAnswer = { ...run, phase, progress, ...linksOf(run) };
      return json(200, answer, run.status === 'running' ? { 'retry-after': '10' } : {});
    },
  };
}

function cancel(services: ApiServices): ApiRoute {
  return {
    name: 'http-cancel-backup',
    method: 'POST',
    path: 'backups/{runId}/cancel',
    isAnonymous: false,
    summary: 'Asks a run to stop. It does so within seconds, stores no recovery point and ends as cancelled.',
    success: { status: 202, answer: 'StartedBackup' },
    refusals: [404, 409],
    async handle({ params }) {
      const run = await readRun(services, params['runId'] ?? '');
      const { runId, status } = run;
      if (status !== 'running')
        throw new HubkeepError('run.ended', `Run ${runId} has ended: it is ${status}.`, { details: { runId } });
      await services.summaries.requestCancel(runId, services.clock.now());
      const { links } = linksOf(run);
      return json(202, { runId, status, links }, { location: links.self, 'retry-after': '5' });
    },
  };
}

/** Our own addresses; the engine's carry a key to the whole task hub. */
function linksOf({
  runId,
  status,
  recoveryPoint,
}: Pick<RunAnswer, 'runId' | 'status' | 'recoveryPoint'>): Pick<RunAnswer, 'links'> {
  const self = `/api/backups/${runId}`;
  return {
    links: {
      self,
      ...(status === 'running' ? { cancel: `${self}/cancel` } : {}),
      ...(recoveryPoint === undefined ? {} : { recoveryPoint: `/api/recovery-points/${recoveryPoint}` }),
    },
  };
}

const neededSetting: Readonly<Record<Component, string>> = {
  databases: 'SQL_SERVERS',
  fileshare: 'FILE_SHARE_PATH',
  secrets: 'KEY_VAULT_URL',
};

function refuseUnconfigured({ sql, fileShare, secrets }: Config, asked: readonly Component[]) {
  const parts = { databases: sql, fileshare: fileShare, secrets };
  const missing = asked.find((component) => parts[component] === undefined);
  if (missing === undefined) return;
  throw new HubkeepError('http.bad-request', `body.components: ${missing} is not configured here.`, {
    hint: `Set ${neededSetting[missing]} for ${missing}, or leave it out.`,
  });
}
