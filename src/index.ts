/** The Azure root: what the Functions host loads. The only place that registers functions. */
import { join } from 'node:path';
import { app, type InvocationContext } from '@azure/functions';
import { createJsonLog } from './adapters/json-log';
import { spawnThread } from './adapters/worker-threads/spawn-thread';
import { compose } from './compose';
import { loadConfig } from './config/load-config';
import { readEnvironment } from './config/read-environment';
import { retryTable } from './contracts/retry-table';
import { toProblem } from './errors/to-problem';
import type { SpawnShareThread } from './fileshare/aside/share-thread-protocol';
import { orchestrators } from './orchestrators/orchestrators';
import type { SpawnWriter } from './recovery/restore-protocol';
import { secretsDropFunction, secretsDropName } from './triggers/blob-secrets-drop';
import { sickHealthRoute } from './triggers/http-health';
import { toHttpFunction } from './triggers/functions-http';
import { createRoutes } from './triggers/routes';
import { createDrillTimer, drillTimerName } from './triggers/timer-drill';
import { createNightlyBackup, nightlyBackupName } from './triggers/timer-nightly-backup';
import { durableClientInput, durableClientOf } from './workflow/durable-client';
import { registerDurable } from './workflow/durable';

const spawnShareThread: SpawnShareThread = (data) => spawnThread(join(__dirname, 'share-worker.js'), data);
const spawnWriter: SpawnWriter = (data) => spawnThread(join(__dirname, 'restore-worker.js'), data);
const timerRetries = 5;
// A store that is away for a moment at this hour must not cost the night.
const timerRetry = { strategy: 'fixedDelay', maxRetryCount: timerRetries, delayInterval: { minutes: 2 } } as const;
// The host takes what a worker prints into its own log.
const log = createJsonLog((line) => process.stdout.write(`${line}\n`));

// A report of a crash would hold every setting, secret ones too.
process.report.excludeEnv = true;

try {
  register();
} catch (error) {
  // An app that throws while it is loaded has no functions, and says so in a log that few look at.
  const { code, message } = toProblem(error);
  log.error('app.not-configured', { code, reason: message });
  const route = sickHealthRoute(error);
  app.http(route.name, toHttpFunction(route, log));
}

/** The host counts the tries after the first one. */
function isLastTry({ retryContext }: InvocationContext): boolean {
  return (retryContext?.retryCount ?? 0) >= timerRetries;
}

function register() {
  const hubkeep = compose(loadConfig(readEnvironment()), { log, runsDependOnProcess: false, spawnShareThread, spawnWriter });
  registerDurable({ orchestrators, activities: hubkeep.activities, retry: retryTable, log });
  for (const route of createRoutes(hubkeep)) app.http(route.name, toHttpFunction(route, log));

  const startNightlyBackup = createNightlyBackup(hubkeep);
  app.timer(nightlyBackupName, {
    // The value, not `%BACKUP_SCHEDULE%`: the host would refuse the function where that setting is left to its default.
    schedule: hubkeep.config.schedule,
    runOnStartup: false,
    useMonitor: true,
    retry: timerRetry,
    extraInputs: [durableClientInput()],
    handler: (_timer, context) => startNightlyBackup(durableClientOf(context), { isLastTry: isLastTry(context) }),
  });

  const { schedule: drillSchedule } = hubkeep.config.drill;
  if (drillSchedule !== undefined) {
    const startDrill = createDrillTimer(hubkeep, drillSchedule);
    app.timer(drillTimerName, {
      schedule: drillSchedule,
      runOnStartup: false,
      useMonitor: true,
      retry: timerRetry,
      extraInputs: [durableClientInput()],
      handler: (_timer, context) => startDrill(durableClientOf(context), { isLastTry: isLastTry(context) }),
    });
  }

  const secretsDrop = secretsDropFunction(hubkeep);
  if (secretsDrop !== undefined) app.storageBlob(secretsDropName, secretsDrop);
}
