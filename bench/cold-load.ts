import type { Command } from 'commander';
import { benchCommand, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { loadApp, type Loaded } from './harness/load-app';
import { makeApps, type FunctionsApp, type FunctionsApps } from './peers/functions-apps';
import type { Report } from './report/report';
import { compare, createSheet, type Sheet } from './report/sheet';
import { count, markdownTable, megabytes, ratio } from './report/words';
import { median } from './harness/statistics';

const step = 'load';

/** Everything that can be set up is: an app that lacks settings loads less. Nothing of it is asked while an app is loaded. */
const settings = {
  STAMP_NAME: 'bench',
  BACKUP_STORAGE_URL: 'https://account.blob.core.windows.net',
  SQL_SERVERS: 'sql.example',
  SQL_USER: 'backup',
  SQL_PASSWORD: 'never-sent',
  SQL_BACKUP_DIRECTORY: '/srv/staging',
  SQL_BACKUP_DIRECTORY_LOCAL: '/srv/staging',
  FILE_SHARE_PATH: '/srv/share',
  RESTORE_DIRECTORY: '/srv/restored',
  KEY_VAULT_URL: 'https://vault.vault.azure.net',
  SYSTEM_SECRETS_PATH: '/srv/drop/SystemSecrets.JSON',
};

export function addColdLoadBench(program: Command): void {
  benchCommand(program, 'cold-load', { runs: 25 })
    .description('how long a new process takes to load the packaged Functions app; beside an empty app with Durable Functions')
    .action((options: CommonOptions) => runBench(options, (context) => benchColdLoad(context, options)));
}

async function benchColdLoad(context: Context, { runs }: CommonOptions): Promise<Report> {
  const apps = await makeApps(context);
  const entries = [apps.packaged, apps.empty, apps.emptyBundled, apps.compiled];
  const sheet = createSheet(entries.map(({ name }) => name));
  const loaded = new Map<FunctionsApp, Loaded>();
  // Once before it counts: what was just written is in nobody's memory yet.
  for (const app of entries) loaded.set(app, await loadApp(app.main, { env: settings, signal: context.signal }));
  expectWhole(loaded.get(apps.packaged), loaded.get(apps.compiled));
  context.say(`${runs} runs`);
  await interleave({ runs, entries }, async ({ name, main }) => {
    const { seconds, cpuSeconds, residentBytes } = await loadApp(main, { env: settings, signal: context.signal });
    sheet.add(step, name, { seconds, cpuSeconds, peakBytes: residentBytes });
  });
  const against = (theirs: FunctionsApp) => ({ step, ours: apps.packaged.name, theirs: theirs.name });
  return {
    section: 'cold-load',
    title: 'Loading the Functions app',
    tree: 'none; all settings are given, and nothing is asked of anybody',
    runs,
    command: `npm run bench -- cold-load --runs ${runs}`,
    versions: new Map(),
    body: `${table(sheet, apps, loaded)}\n\n${notes(apps)}`,
    figures: {
      'load ÷ empty': compare(sheet, against(apps.empty)),
      'load ÷ empty, bundled': compare(sheet, against(apps.emptyBundled)),
      'load ÷ as compiled': compare(sheet, against(apps.compiled)),
      'zip bytes': apps.zipBytes,
      'unpacked bytes': apps.unpackedBytes,
    },
  };
}

/** An app that refuses its settings is loaded in no time. */
function expectWhole(packaged?: Loaded, compiled?: Loaded): void {
  const [ours, theirs] = [packaged?.functions.length ?? 0, compiled?.functions.length ?? 0];
  if (ours < 10 || ours !== theirs) throw new Error(`the packaged app registers ${ours} functions, and as compiled ${theirs}`);
}

function table(sheet: Sheet, apps: FunctionsApps, loaded: ReadonlyMap<FunctionsApp, Loaded>): string {
  const header = ['app', 'functions', 'files', 'load (least–most)', 'CPU', 'memory then', 'Hubkeep ÷ it: load', 'CPU'];
  const rows = [...loaded].map(([app, { functions, files }]) => {
    const values = sheet.values(step, app.name);
    const loads = values('seconds');
    const pair = { step, ours: apps.packaged.name, theirs: app.name };
    return [
      ...[app.name, count(functions.length), count(files.length)],
      `${milliseconds(median(loads))} (${milliseconds(Math.min(...loads))}–${milliseconds(Math.max(...loads))})`,
      ...[milliseconds(median(values('cpuSeconds'))), megabytes(median(values('peakBytes')))],
      ...(app === apps.packaged ? ['', ''] : [ratio(compare(sheet, pair)), ratio(compare(sheet, pair, 'cpuSeconds'))]),
    ];
  });
  return markdownTable(header, rows);
}

const notes = ({
  zipBytes,
  unpackedBytes,
}: FunctionsApps) => `The package is ${megabytes(zipBytes)} as a zip and ${megabytes(unpackedBytes)} unpacked.
Measured from the first line of an app to its last, in a new process that has \`@azure/functions-core\` in place as the Functions worker has; starting Node is not in it.
The empty app has one timer, one orchestrator and one activity. Files are in the page cache. What Azure does before an app is loaded (finding a machine, mounting
the zip, starting the host) is not measured here, and neither is the SDK that a first call of Key Vault, SQL Server or Entra ID loads.`;

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(0)} ms`;
}
