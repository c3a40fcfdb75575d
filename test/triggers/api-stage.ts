import { createDrills } from '../../src/recovery/drill/drills';
import { createDrillStarter } from '../../src/recovery/drill/start-drill';
import { loadConfig } from '../../src/config/load-config';
import type { ActivityMap, OrchestratorMap } from '../../src/contracts/activities';
import type { ApiResponse } from '../../src/ports/api';
import { orchestrators } from '../../src/orchestrators/orchestrators';
import { createRestoreRecords } from '../../src/runs/restore-records';
import { ofRestores } from '../../src/runs/run-lock';
import { createRestoreStarter } from '../../src/runs/start-restore';
import type { ApiServices } from '../../src/triggers/api-services';
import { answer, createRoutes } from '../../src/triggers/routes';
import { createEmbeddedEngine } from '../../src/workflow/embedded';
import type { Orchestrators } from '../../src/workflow/workflow';
import { createRunStage } from '../runs/stage';
import { runbooksIn } from '../support/runbooks';
import { silentLog } from '../support/silent-log';
import { verifierOf } from '../support/verifier';

export interface Call {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly accept?: string;
}

/** The API over a store in memory, with an engine whose runs stay in their first phase until the process ends. */
export function openApi(changes: (services: ApiServices) => Partial<ApiServices> = () => ({})) {
  const stage = createRunStage();
  const lock = stage.lockOf({ pid: 1 });
  const config = loadConfig({
    BACKUP_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
    BACKUP_COMPONENTS: 'fileshare',
    FILE_SHARE_PATH: '/share',
    RESTORE_DIRECTORY: '/restored',
  });
  const { clock, store, points, summaries } = stage;
  const restoreLock = stage.lockOf({ pid: 1, of: ofRestores });
  const records = createRestoreRecords(store);
  const drills = createDrills(store);
  const services: ApiServices = {
    config,
    clock,
    log: silentLog,
    store,
    points,
    runbooks: runbooksIn(),
    summaries,
    notifier: undefined,
    lock,
    startRun: stage.starterOf(lock),
    restores: { lock: restoreLock, records, start: createRestoreStarter({ lock: restoreLock, records, clock }) },
    verifier: verifierOf(store, { clock }),
    drills: { drills, start: createDrillStarter({ drills, clock, repositoryId: () => Promise.resolve('repository') }) },
    systemSecrets: undefined,
  };
  const all = { ...services, ...changes(services) };
  const routes = createRoutes(all);
  const waiting: Orchestrators<ActivityMap, OrchestratorMap> = {
    ...orchestrators,
    *'back-up'(workflow) {
      workflow.setStatus({ phase: 'copying' });
      yield* workflow.call('begin-run', null as never);
      return { status: 'complete' };
    },
    *'restore-share'(workflow) {
      workflow.setStatus({ phase: 'restoring' });
      yield* workflow.call('begin-run', null as never);
      return { status: 'complete' };
    },
  };
  const never = () => new Promise<never>(() => undefined);
  const engine = createEmbeddedEngine<ActivityMap, OrchestratorMap>({
    orchestrators: waiting,
    activities: { 'begin-run': never } as never,
    retry: {},
    clock,
    log: silentLog,
  });

  async function call(method: 'GET' | 'POST' | 'PUT', path: string, { query = {}, body, accept }: Call = {}) {
    for (const route of routes) {
      const match = new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
      if (route.method !== method || match === null) continue;
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const request = {
        params: { ...match.groups },
        query,
        accept,
        text: () => Promise.resolve(text),
        stream: () => chunksOf(text),
      };
      return shown(await answer(route, request, { engine, log: all.log }));
    }
    throw new Error(`There is no route ${method} ${path}.`);
  }

  return {
    ...{ stage, services: all, routes, engine },
    call,
    get: (path: string, query?: Record<string, string>) => call('GET', path, query === undefined ? {} : { query }),
    put: (path: string, body: string) => call('PUT', path, { body }),
    post: (path: string, body?: unknown) => call('POST', path, { body }),
  };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

function shown({ status, headers, body }: ApiResponse) {
  const isJson = headers['content-type']?.endsWith('json') === true;
  return { status, headers, text: body, document: isJson ? (JSON.parse(body) as Record<string, unknown>) : {} };
}
