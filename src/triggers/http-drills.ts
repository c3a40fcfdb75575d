import { drillParts, type DrillRequest } from '../contracts/drill';
import { HubkeepError } from '../errors/hubkeep-error';
import type { ApiRequest } from '../ports/api';
import type { WorkflowClient } from '../workflow/workflow-client';
import type { ApiRoute } from './api-route';
import { listPointsSchema, startDrillSchema, verifyPointSchema } from './api-schemas';
import type { ApiServices } from './api-services';
import { findPoint } from './read-points';
import { readBody, readQuery } from './read-request';
import { json } from './responses';
import { startDrill } from './start-drill';

/** Proving that what runs committed can be restored. */
export function drillRoutes(services: ApiServices): ApiRoute[] {
  return [start(services), list(services), get(services), verify(services)];
}

function start({ config, points, drills }: ApiServices): ApiRoute {
  return {
    name: 'http-start-drill',
    method: 'POST',
    path: 'drills',
    isAnonymous: false,
    summary: 'Rehearses a restore: verifies a part of what is stored, restores some of it and compares. Runs beside backups.',
    body: startDrillSchema,
    success: { status: 202, answer: 'StartedDrill' },
    refusals: [404],
    async handle(request, engine) {
      const { recoveryPoint, sample } = await readBody(request, startDrillSchema);
      const point = recoveryPoint === undefined ? undefined : (await findPoint(points, recoveryPoint)).point.id;
      const share = sample === undefined ? config.drill.share : sample / 100;
      return accepted(await begin(drills, engine, { point, share, parts: [...drillParts] }));
    },
  };
}

function list({ drills: { drills } }: ApiServices): ApiRoute {
  return {
    name: 'http-list-drills',
    method: 'GET',
    path: 'drills',
    isAnonymous: false,
    summary: 'The drills and verifications there were, failed ones too.',
    query: listPointsSchema,
    success: { status: 200, answer: 'DrillList' },
    async handle(request) {
      const { limit } = readQuery(request, listPointsSchema);
      const found = [];
      for await (const drill of drills.newestFirst()) {
        if (found.length === limit) return json(200, { drills: found, more: true });
        found.push(drill);
      }
      return json(200, { drills: found, more: false });
    },
  };
}

function get({ drills: { drills } }: ApiServices): ApiRoute {
  return {
    name: 'http-get-drill',
    method: 'GET',
    path: 'drills/{id}',
    isAnonymous: false,
    summary: 'One drill or verification: whether it still runs, and then what came of it.',
    success: { status: 200, answer: 'Drill' },
    refusals: [404],
    async handle({ params }) {
      const drill = await drills.read(params['id'] ?? '');
      return json(200, drill, drill.status === 'running' ? { 'retry-after': '10' } : {});
    },
  };
}

function verify({ points, drills }: ApiServices): ApiRoute {
  return {
    name: 'http-verify-recovery-point',
    method: 'POST',
    path: 'recovery-points/{id}/verify',
    isAnonymous: false,
    summary: 'Checks that a recovery point can be restored from what is stored, and marks on it what came of that.',
    body: verifyPointSchema,
    success: { status: 202, answer: 'StartedDrill' },
    refusals: [404],
    async handle(request: ApiRequest, engine) {
      const { deep, sample } = await readBody(request, verifyPointSchema);
      if (!deep && sample !== undefined) {
        throw new HubkeepError('http.bad-request', 'body.sample: it says how much is read, so it needs "deep": true.');
      }
      const { point } = await findPoint(points, request.params['id'] ?? '');
      const share = deep ? (sample ?? 100) / 100 : 0;
      return accepted(await begin(drills, engine, { point: point.id, share, parts: ['verify'] }));
    },
  };
}

type Asked = Pick<DrillRequest, 'share' | 'parts'> & { readonly point: string | undefined };

async function begin(
  { start: starter }: ApiServices['drills'],
  engine: WorkflowClient,
  { point, ...asked }: Asked,
): Promise<string> {
  const started = await startDrill(starter, engine, { trigger: 'http', ...asked, ...(point === undefined ? {} : { point }) });
  if (started === undefined) throw new Error('a drill without a slot was taken for another');
  return started.drillId;
}

function accepted(id: string) {
  const self = `/api/drills/${id}`;
  return json(202, { id, status: 'running', links: { self } }, { location: self, 'retry-after': '10' });
}
