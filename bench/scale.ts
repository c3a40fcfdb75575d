/**
 * What a run over ten million files and a terabyte asks of the orchestration engine and of the store. The run goes through
 * the real orchestrators and the real replay of durable-functions; the work of its activities is arithmetic. Prints tables
 * and writes them to docs/scale.md with `--write`.
 *
 * Usage: npm run bench:scale -- [--write]
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { limits } from '../src/fileshare/limits';
import { type BoxRequests, measureBoxRequests } from './scale/box-requests';
import { boxSeconds, lookFaster, share, type Speed, speeds, storedShare, widths } from './scale/scenario';
import { type SimulatedRun, simulateRun } from './scale/simulate-run';

interface Scenario {
  readonly speed: Speed;
  readonly width: number;
  readonly run: SimulatedRun;
}

const number = (value: number) => Math.round(value).toLocaleString('en-US');
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function historyTable(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ speed, width, run: { work, ...run } }) => [
    `${speed.name}, ${width}`,
    duration(Math.max(...work.laneSeconds.values())),
    `${number(work.boxes.bulk)} + ${number(work.boxes.delta)}`,
    `${number(work.calls)} (${work.failures})`,
    number(run.instances),
    number(run.histories - run.instances),
    number(run.events),
    number(run.largestHistory),
    number(run.eventBytes / run.events),
    number(run.largestEvent),
  ]);
  const head = [
    'share, width',
    'copying',
    'boxes, bulk + delta',
    'activities (of them repeated)',
    'instances',
    'continued as new',
  ];
  return table([...head, 'events in all', 'largest history', 'bytes an event', 'largest event'], rows);
}

function requestsTable(scenarios: readonly Scenario[], box: BoxRequests): string {
  const rows = scenarios.map(({ speed, width, run: { work } }) => {
    const boxes = work.boxes.bulk + work.boxes.delta;
    const segments = Math.ceil(share.files / limits.segmentEntries) + work.boxes.bulk;
    const parts = [
      Math.ceil((share.bytes * storedShare) / limits.pack) + work.boxes.bulk,
      segments,
      boxes * box.fixed,
      (sum(work.laneSeconds.values()) / boxSeconds) * box.byTime,
      segments + sum(work.byPartition.delta.map((count, partition) => count * (work.byPartition.bulk[partition] ?? 0))),
      boxes,
    ];
    return [`${speed.name}, ${width}`, ...parts.map(number), number(sum(parts))];
  });
  return table(
    ['share, width', 'packs', 'segments', 'every box', 'lock, cancel, progress', 'second look reads', 'commit reads', 'in all'],
    rows,
  );
}

function duration(seconds: number): string {
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}

/** Largest resident set of a process of its own, MiB. */
function commitMemory(...options: string[]): number {
  const printed = execFileSync(process.execPath, [join(__dirname, 'scale', 'commit-memory.js'), ...options]).toString();
  return Number(printed) / 1024;
}

async function report(): Promise<string> {
  const scenarios: Scenario[] = [];
  for (const speed of speeds) {
    for (const width of widths) scenarios.push({ speed, width, run: await simulateRun(width, speed) });
  }
  const box = await measureBoxRequests();
  const speedRows = speeds.map(({ name, filesPerSecond, bytesPerSecond }) => [
    name,
    number(filesPerSecond),
    number(bytesPerSecond / 1_000_000),
    number(filesPerSecond * lookFaster),
  ]);
  return `# A share of ${number(share.files)} files and ${number(share.bytes / 1e12)} TB

Written by \`npm run bench:scale -- --write\` (bench/scale.ts).

**What is real**: the orchestrators, their registration and the replay of durable-functions, turn by turn; the cutting of the share into partitions; the
requests of one box, counted on the activity with a store in memory; the commit's reading of box results. **What is simulated**: the share, and the work of
every activity. A box hands back the cursor that a lane of this speed would have reached after ${boxSeconds / 60} minutes, every 97th fails once and is tried again,
and no byte is copied. So times are arithmetic, and only as true as the speeds: lanes that share one disk, one network or one account do not add up.
Peak memory of a box over real files is measured elsewhere: docs/benchmarks.md.

${table(['share', 'files/s a lane', 'MB/s a lane', 'files/s looked at again'], speedRows)}

## Orchestration

A run of all components with two databases. An event's bytes are those of its JSON; a storage provider adds its own columns. A history is cut after a
hundred boxes, so that its length does not grow with the share. What fails repeats its own box and no other.

${historyTable(scenarios)}

Width 1 has no partitions, no lanes and no listing ahead. Each instance beyond those is one lane of one pass; each pass is cut into at most four
partitions a lane, and every partition ends a box of its own, which is why many lanes over a fast share have more boxes than they need.

## Requests to the store

A first night, by formula: packs of ${limits.pack / 1024 / 1024} MiB at ${storedShare} stored bytes for each byte, and one not filled for each box; segments of ${number(limits.segmentEntries)} entries,
and one begun for each box; ${box.fixed} requests of every box besides, and ${box.byTime} for ${boxSeconds / 60} minutes under the run's lock (both counted, not assumed).

${requestsTable(scenarios, box)}

"Second look reads": the bulk pass's segments, and for each box of the delta pass the results of all boxes that the bulk pass took for its partition; that
is what grows with the square of the boxes where one lane has thousands of them. Later nights: no packs but for what changed, segments read instead of written, and in each box that stores anything the content files of earlier points besides.

## Memory of the commit

The commit reads the results of boxes one by one. For 209 boxes with ${number((share.bytes * storedShare) / limits.pack)} packs and ${number(share.files / 100)} files that could not be read, a process of its
own that puts the record together peaks at ${commitMemory().toFixed(0)} MiB, ${(commitMemory() - commitMemory('--idle')).toFixed(0)} MiB more than one that only loads the same code. What is kept grows with
segments and packs, not with files; what is read comes and goes with each box, and so does its list of files that could not be read.
An orchestrator keeps one number for each partition, at most ${widths.at(-1)! * 4}.
`;
}

async function run() {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  const page = await report();
  process.stdout.write(page);
  if (values.write) writeFileSync(join(__dirname, '..', '..', 'docs', 'scale.md'), page);
}

void run();
