import type { Command } from 'commander';
import { join } from 'node:path';
import { benchCommand, parseCount, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { median } from './harness/statistics';
import { openStore } from './harness/store';
import type { Report } from './report/report';
import { compare, createSheet, type Sheet } from './report/sheet';
import { markdownTable, megabytes, ratio, seconds } from './report/words';
import { stageBackup, type StagedBackup } from './trees/staged-backup';

interface DatabaseOptions extends CommonOptions {
  readonly size: number;
}

interface Entry {
  readonly who: string;
  /** As the program that uploads names its two ways. */
  readonly way: 'hubkeep' | 'sdk';
  readonly backup: StagedBackup;
}

const standardSize = 2000;
/** How much smaller the backup is that shows whether memory grows. */
const times = 4;
const program = join(__dirname, 'programs', 'staged-upload.js');
const step = 'upload';

export function addDatabaseBench(parent: Command): void {
  benchCommand(parent, 'database', { runs: 5 })
    .description("one staged backup of a database into the store, hash included; beside the storage SDK's parallel upload")
    .option(
      '--size <MB>',
      'millions of bytes, that do not compress; memory is compared with a quarter of it',
      parseCount,
      standardSize,
    )
    .action((options: DatabaseOptions) => runBench(options, (context) => benchDatabase(context, options)));
}

async function benchDatabase(context: Context, { size, runs, write }: DatabaseOptions): Promise<Report> {
  const versions = requirePrograms([]);
  if (write && size !== standardSize) throw new Error(`the goals are about ${standardSize} MB: --write goes without --size`);
  context.say('writing the staged backups');
  const [whole, part] = [await stageBackup(context, size * 1e6), await stageBackup(context, (size * 1e6) / times)];
  const ours: Entry = { who: `Hubkeep, ${megabytes(whole.bytes)}`, way: 'hubkeep', backup: whole };
  const theirs: Entry = { who: `SDK uploadFile, ${megabytes(whole.bytes)}`, way: 'sdk', backup: whole };
  const smaller: Entry = { who: `Hubkeep, ${megabytes(part.bytes)}`, way: 'hubkeep', backup: part };
  const entries = [ours, theirs, smaller];
  const sheet = createSheet(entries.map(({ who }) => who));
  await interleave({ runs, entries }, async (entry, run) => {
    context.say(`run ${run + 1} of ${runs}: ${entry.who}`);
    await measureUpload(context, entry, sheet);
  });
  const speed = compare(sheet, { step, ours: theirs.who, theirs: ours.who });
  const growth = compare(sheet, { step, ours: ours.who, theirs: smaller.who }, 'peakBytes');
  return {
    section: 'database',
    title: 'A staged backup of a database',
    tree: `one file of ${megabytes(whole.bytes)} and one of ${megabytes(part.bytes)}, noise`,
    runs,
    command: `npm run bench -- database${size === standardSize ? '' : ` --size ${size}`} --runs ${runs}`,
    versions,
    body: `${table(sheet, entries, new Map([[theirs.who, speed]]))}\n\n${notes(growth)}`,
    figures: { 'MB/s ÷ SDK': speed, 'peak ÷ a quarter': growth },
  };
}

const notes = (growth: number) => `Peak memory of the whole backup ÷ that of a quarter: ${ratio(growth)}.
The SDK sends blocks of the same size, as many at once, and computes no hash; Hubkeep computes the SHA-256 of the file and the MD5 of each block.
Azurite runs on the same machine and takes its share of the processors: what it can take in is the ceiling for both.`;

/** Into a store of its own, which goes afterwards: the disk never holds more than one copy. */
async function measureUpload(context: Context, { who, way, backup }: Entry, sheet: Sheet): Promise<void> {
  const store = await openStore(context);
  try {
    const measured = await context.measure({
      argv: [process.execPath, program, way, backup.directory, backup.name],
      env: { PATH: process.env['PATH'], STORE_CONNECTION_STRING: store.connectionString },
    });
    const stored = await store.storedBytes();
    if (stored !== backup.bytes) throw new Error(`${who} stored ${stored} bytes instead of ${backup.bytes}`);
    sheet.add(step, who, measured);
  } finally {
    await store.close();
  }
}

function table(sheet: Sheet, entries: readonly Entry[], ratios: ReadonlyMap<string, number>): string {
  const header = ['upload', 'MB/s (least–most)', 'wall', 'CPU', 'peak memory', 'Hubkeep’s MB/s ÷ its'];
  const rows = entries.map(({ who, backup }) => {
    const values = sheet.values(step, who);
    const speeds = values('seconds').map((wall) => backup.bytes / 1e6 / wall);
    const spread = `${Math.min(...speeds).toFixed(1)}–${Math.max(...speeds).toFixed(1)}`;
    const compared = ratios.get(who);
    return [
      who,
      `${median(speeds).toFixed(1)} (${spread})`,
      seconds(median(values('seconds'))),
      seconds(median(values('cpuSeconds'))),
      megabytes(median(values('peakBytes'))),
      compared === undefined ? '' : ratio(compared),
    ];
  });
  return markdownTable(header, rows);
}
