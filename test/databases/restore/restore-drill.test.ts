import { readdirSync } from 'node:fs';
import type { Fault } from '../../../sandbox/sql-server/engine/faults';
import { databaseDrillSchema, type DatabaseDrillResult } from '../../../src/contracts/database-drill';
import type { DatabaseBackup } from '../../../src/contracts/database-backup';
import { createDatabaseDrill } from '../../../src/databases/drill-databases';
import { drillOf } from '../../../src/databases/drill/copy-names';
import { isFinding } from '../../../src/databases/drill/findings';
import { createSandbox, type Sandbox } from '../../sandbox/sql-server/support';
import { runId } from '../support';
import { createRestoreBench, hosting, metering, pointOf, type RestoreBench, type RestoreBenchOptions } from './restore-support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

type Drilled = Extract<DatabaseDrillResult, { readonly id: string }>;

async function open(options: RestoreBenchOptions = {}) {
  const bench = await createRestoreBench(sandbox, options);
  const { restores, address: server } = bench;
  const run = createDatabaseDrill({ ...bench.parts, restores, server });
  return {
    bench,
    async drill(backups: readonly DatabaseBackup[], control?: Parameters<typeof run>[1]): Promise<Drilled> {
      const result = await run(pointOf(backups), control);
      // What is stored and read again is the same.
      expect(databaseDrillSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
      if (result.status === 'not-configured') throw new Error('The drill is configured');
      return result;
    },
  };
}

const namesOn = ({ target }: RestoreBench) => target.databases.list().map(({ name }) => name);
const system = ['master', 'tempdb', 'model', 'msdb'];
const fails = (match: string | RegExp, number: number): Fault => ({ match, errors: [{ number, text: 'As scripted.' }] });

test('databases are restored under names of the drill, checked, looked at and dropped, each step timed', async () => {
  const { bench, drill } = await open();
  const backups = [await bench.backUp(), await bench.backUp(metering.name), await bench.backUp('master')];
  const result = await drill(backups);
  expect(result).toMatchObject({
    ...{ status: 'passed', recoveryPoint: runId, server: bench.address, leftovers: { dropped: [], kept: [] } },
    notDrilled: [{ database: 'master' }],
  });
  expect(result.databases).toMatchObject([
    { database: hosting.name, outcome: 'passed', userTables: 2, rows: 45, warnings: [] },
    { database: metering.name, outcome: 'passed', userTables: 1, rows: 7 },
  ]);
  for (const { seconds, bytes, dataBytes = 0, restoredAs } of result.databases) {
    expect(Object.keys(seconds).sort()).toEqual(['checking', 'copying', 'dropping', 'querying', 'restoring', 'verifying']);
    expect(Math.min(bytes, dataBytes)).toBeGreaterThan(100_000);
    expect(drillOf(restoredAs)).toBe(result.id);
  }
  expect(namesOn(bench)).toEqual(system);
  expect(readdirSync(bench.staging)).toEqual([]);
});

test('a copy is checked while it is there under its name', async () => {
  const { bench, drill } = await open({ target: { faults: [{ match: 'DBCC CHECKDB', delayMs: 500 }] } });
  const backup = await bench.backUp();
  const drilling = drill([backup]);
  const deadline = Date.now() + 20_000;
  while (namesOn(bench).length === system.length && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(namesOn(bench).at(-1)).toMatch(/^hubkeep_drill_\d{8}T\d{6}Z-[0-9a-f]{4}_0_appservice_hosting$/);
  expect((await drilling).status).toBe('passed');
});

test('damage that only CHECKDB finds is damage, and the copy goes all the same', async () => {
  const { bench, drill } = await open({ source: { databases: [{ ...hosting, corruption: 'logical' }, metering] } });
  const result = await drill([await bench.backUp(), await bench.backUp(metering.name)]);
  expect(result.status).toBe('failed');
  expect(result.databases).toMatchObject([
    { outcome: 'damaged', problem: { code: 'sql.corrupt', message: expect.stringContaining('CHECKDB found damage') } },
    { outcome: 'passed' },
  ]);
  expect(namesOn(bench)).toEqual(system);
});

test('a backup that is not what it was is damage too', async () => {
  const { bench, drill } = await open();
  const backup = await bench.backUp();
  const { key } = backup.files[0]!;
  const { content } = await bench.parts.store.read(key);
  content[content.length >> 1]! ^= 1;
  await bench.parts.store.put(key, content);
  expect((await drill([backup])).databases).toMatchObject([
    { outcome: 'damaged', problem: { code: 'format.damaged' }, seconds: {} },
  ]);
});

test('a check that cannot be made is a failure and no damage', async () => {
  const { bench, drill } = await open({ target: { faults: [fails('DBCC CHECKDB', 7983)] } });
  expect((await drill([await bench.backUp()])).databases).toMatchObject([
    { outcome: 'failed', problem: { code: 'sql.restore-failed' }, seconds: { restoring: expect.any(Number) } },
  ]);
  expect(namesOn(bench)).toEqual(system);
});

test('a restore that breaks off leaves nothing behind', async () => {
  const match = /^RESTORE DATABASE/;
  const { bench, drill } = await open({ target: { faults: [{ ...fails(match, 3203), atPercent: 40 }] } });
  expect((await drill([await bench.backUp()])).databases).toMatchObject([{ outcome: expect.stringMatching(/failed|damaged/) }]);
  expect(namesOn(bench)).toEqual(system);
});

test('a database without tables has not been restored to anybody’s use', async () => {
  const { bench, drill } = await open({ source: { databases: [{ ...hosting, tables: {} }] } });
  expect((await drill([await bench.backUp()])).databases).toMatchObject([
    { outcome: 'failed', problem: { code: 'drill.empty' } },
  ]);
});

test('a copy that cannot be dropped is told, and dropped by a drill a day later', async () => {
  const { bench, drill } = await open({ target: { faults: [fails('DROP DATABASE', 3702)] } });
  const backup = await bench.backUp();
  const first = await drill([backup]);
  const [{ restoredAs, warnings }] = first.databases as [Drilled['databases'][number]];
  expect([first.status, warnings]).toEqual(['passed', [expect.stringContaining('could not be dropped')]]);
  expect((await drill([])).leftovers).toEqual({
    dropped: [],
    kept: [{ name: restoredAs, reason: expect.stringContaining('day') }],
  });
});

test('only what is called as a drill calls it, and old by name and by the server, is dropped as a leftover', async () => {
  const { bench, drill } = await open();
  const old = new Date(Date.now() - 3 * 86_400_000);
  const add = (name: string, createdAt = old) => void (bench.target.databases.add({ ...hosting, name }).createdAt = createdAt);
  const dead = 'hubkeep_drill_20261101T020000Z-7f3a_0_appservice_hosting';
  add(dead);
  const others = [
    `hubkeep_drill_${'n'.repeat(21)}_0_x`,
    'hubkeep_drill_of_mine',
    'hubkeep_drill_20261101T020000Z-7f3a',
    'hubkeepXdrillX20261101T020000Z-7f3a_0_x',
    'production',
  ];
  for (const other of others) add(other);
  const young = 'hubkeep_drill_20261101T020000Z-7f3b_0_appservice_hosting';
  add(young, new Date());
  const result = await drill([]);
  expect(result).toMatchObject({ status: 'nothing', leftovers: { dropped: [dead], kept: [{ name: young }] } });
  expect(namesOn(bench)).toEqual([...system, ...others, young]);
});

test('a server that is away, or a drill that is cancelled, fails each database with the reason', async () => {
  const { bench, drill } = await open();
  const backup = await bench.backUp();
  const cancelled = await drill([backup, backup], { signal: AbortSignal.abort() });
  expect(cancelled.databases.map(({ problem }) => problem?.code)).toEqual(['run.cancelled', 'run.cancelled']);
  await bench.target.close();
  expect((await drill([backup])).databases).toMatchObject([{ outcome: 'failed', problem: { code: 'sql.unreachable' } }]);
});

test('without a server it says so', async () => {
  expect(await createDatabaseDrill(undefined)(pointOf([]))).toEqual({ status: 'not-configured' });
});

test('what CHECKDB finds is told from what keeps it from looking', () => {
  expect([2570, 8928, 8939, 824, 7985].filter(isFinding)).toHaveLength(5);
  expect([2520, 7983, 8921, 916, 1222, 3702, 5030, 7928].filter(isFinding)).toEqual([]);
});
