import type { RestorePhase, RestoreRecord } from '../contracts/restore';
import { isRunId } from '../contracts/run-id';
import { HubkeepError } from '../errors/hubkeep-error';
import { restoreNotConfigured } from '../errors/restore-not-configured';
import { endedWithItsProcess } from '../runs/restore-records';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiRoute } from './api-route';
import { type RestoreAnswer, startRestoreSchema } from './api-schemas';
import type { ApiServices, RestoreServices } from './api-services';
import { findPointWith } from './read-points';
import { readBody } from './read-request';
import { json } from './responses';

/** Starting, watching and stopping restores that run as orchestrations. */
export function restoreRoutes(services: ApiServices): ApiRoute[] {
  return [start(services), get(services), cancel(services)];
}

function start({ config, points, restores }: ApiServices): ApiRoute {
  return {
    name: 'http-start-restore',
    method: 'POST',
    path: 'restores',
    isAnonymous: false,
    summary: 'Restores the file share of a recovery point below RESTORE_DIRECTORY. One restore runs at a time, beside backups.',
    body: startRestoreSchema,
    success: { status: 202, answer: 'StartedRestore' },
    refusals: [404, 409],
    async handle(request, engine) {
      const asked = await readBody(request, startRestoreSchema);
      if (config.restore === undefined) throw restoreNotConfigured();
      const { id } = (await findPointWith(points, asked.recoveryPoint, 'fileshare')).point;
      const { include = [], overwrite, directory = id } = asked;
      const record = await restores.start(
        { recoveryPoint: id, include, directory, ...(overwrite === undefined ? {} : { overwrite }) },
        (run) => engine.start({ orchestrator: 'restore-share', instanceId: run.runId, input: run }),
      );
      return started(record, '10');
    },
  };
}

function get({ restores }: ApiServices): ApiRoute {
  return {
    name: 'http-get-restore',
    method: 'GET',
    path: 'restores/{runId}',
    isAnonymous: false,
    summary: 'One restore: its phase and progress while it runs, then what it came to.',
    success: { status: 200, answer: 'Restore' },
    refusals: [404],
    async handle({ params }, engine) {
      const record = await readRestore(restores, params['runId'] ?? '');
      const [phase, progress] = await Promise.all([phaseOf(record, engine), restores.records.progress(record.runId)]);
      const answer: RestoreAnswer = { ...record, phase, progress, ...linksOf(record) };
      return json(200, answer, record.status === 'running' ? { 'retry-after': '10' } : {});
    },
  };
}

function cancel({ restores, clock }: ApiServices): ApiRoute {
  return {
    name: 'http-cancel-restore',
    method: 'POST',
    path: 'restores/{runId}/cancel',
    isAnonymous: false,
    summary: 'Asks a restore to stop. It does so within seconds; the same restore, started again, goes on from there.',
    success: { status: 202, answer: 'StartedRestore' },
    refusals: [404, 409],
    async handle({ params }) {
      const record = await readRestore(restores, params['runId'] ?? '');
      const { runId, status } = record;
      if (status !== 'running')
        throw new HubkeepError('run.ended', `Restore ${runId} has ended: it is ${status}.`, { details: { runId } });
      await restores.records.requestCancel(runId, clock.now());
      return started(record, '5');
    },
  };
}

function started(record: RestoreRecord, retryAfter: string) {
  const { runId, status, recoveryPoint } = record;
  const { links } = linksOf(record);
  return json(202, { runId, status, recoveryPoint, links }, { location: links.self, 'retry-after': retryAfter });
}

/** The restore as it is now. Throws `run.not-found`. */
async function readRestore({ records, lock }: RestoreServices, runId: string): Promise<RestoreRecord> {
  // Nothing but an id becomes part of a blob's name.
  if (!isRunId(runId)) throw new HubkeepError('run.not-found', 'There is no such restore.');
  const record = await records.read(runId);
  if (record.status !== 'running' || (await lock.holder()) === runId) return record;
  // It may have ended between the two looks.
  const again = await records.read(runId);
  return again.status === 'running' ? endedWithItsProcess(again) : again;
}

/** The phase an engine in this process or this task hub knows of is newer than the one on record. */
async function phaseOf(record: RestoreRecord, engine: WorkflowClient): Promise<RestorePhase> {
  if (record.status !== 'running') return record.phase;
  const status = await engine.status(record.runId).catch(() => undefined);
  return (status?.customStatus as { phase: RestorePhase } | null | undefined)?.phase ?? record.phase;
}

function linksOf({ runId, status, recoveryPoint }: RestoreRecord): Pick<RestoreAnswer, 'links'> {
  const self = `/api/restores/${runId}`;
  return {
    links: {
      self,
      ...(status === 'running' ? { cancel: `${self}/cancel` } : {}),
      recoveryPoint: `/api/recovery-points/${recoveryPoint}`,
    },
  };
}
