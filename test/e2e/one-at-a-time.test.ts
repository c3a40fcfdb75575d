import { layout } from '../../src/repository/layout';
import { eventually, keysIn, openStage, type Hubkeep, type Stage } from './stage';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ files: 400 });
});

afterAll(() => stage.close());

afterEach(() => {
  stage.sandbox.sql.faults.clear();
});

/** The id of the run that is under way, once its databases are being backed up. */
function runningIn({ store }: Hubkeep): Promise<string> {
  return eventually(async () => {
    if (stage.sandbox.sql.sessions() === 0) return undefined;
    const [lock] = await keysIn(store, layout.runLock).catch(() => []);
    if (lock === undefined) return undefined;
    return (JSON.parse((await store.read(lock)).content.toString()) as { runId: string | null }).runId ?? undefined;
  });
}

test('of two backups at once one runs and the other is told which', async () => {
  const hubkeep = stage.inContainer('two-at-once');
  await hubkeep.run(['backup', '--components', 'secrets']);
  stage.sandbox.sql.faults.add({ match: 'BACKUP DATABASE', times: 3, delayMs: 5000 });
  const first = hubkeep.start(['backup']);
  const runId = await runningIn(hubkeep);

  const second = await hubkeep.run(['backup']);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(runId);
  const third = await hubkeep.json(['backup']);
  expect(third).toMatchObject({ code: 1, document: { error: { code: 'run.busy' } } });
  expect(third.document.error.message).toContain(runId);

  expect(await first.ended).toMatchObject({ code: 0 });
  expect((await hubkeep.json(['list'])).document.map(({ id }: { id: string }) => id)).toContain(runId);
});

test('a killed backup leaves no point, and the next one runs at once and says what became of it', async () => {
  const hubkeep = stage.inContainer('killed');
  stage.sandbox.sql.faults.add({ match: 'BACKUP DATABASE', times: 3, delayMs: 60_000 });
  const killed = hubkeep.start(['backup']);
  const runId = await runningIn(hubkeep);
  await eventually(async () => ((await keysIn(hubkeep.store, layout.packs(runId))).length > 0 ? true : undefined));
  killed.child.kill('SIGKILL');
  await killed.ended;
  stage.sandbox.sql.faults.clear();
  expect((await hubkeep.json(['list'])).document).toEqual([]);

  const next = await hubkeep.json(['backup']);
  expect(next).toMatchObject({ code: 0, document: { status: 'complete' } });
  expect((await hubkeep.json(['list'])).document).toMatchObject([{ id: next.document.recoveryPoint }]);
  expect(await keysIn(hubkeep.store, layout.point(runId))).toEqual([]);
  expect(await hubkeep.run(['verify', '--all', '--deep'])).toMatchObject({ code: 0 });
  const dead = JSON.parse((await hubkeep.store.read(layout.run(runId))).content.toString());
  expect(dead).toMatchObject({ status: 'failed', phase: 'ended' });
});

test('a backup told to stop ends as cancelled, leaves no point and gives the lock back', async () => {
  const hubkeep = stage.inContainer('cancelled');
  stage.sandbox.sql.faults.add({ match: 'BACKUP DATABASE', times: 3, delayMs: 60_000 });
  const stopped = hubkeep.start(['backup', '--json']);
  const runId = await runningIn(hubkeep);
  stopped.child.kill('SIGTERM');

  const { code, stdout } = await stopped.ended;
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 1, runId, status: 'cancelled', recoveryPoint: null });
  stage.sandbox.sql.faults.clear();
  expect(await keysIn(hubkeep.store, layout.point(runId))).toEqual([]);
  expect(await hubkeep.run(['backup'])).toMatchObject({ code: 0 });
});
