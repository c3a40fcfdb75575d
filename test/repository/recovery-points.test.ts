import { createRecoveryPoints, type UncommittedPoint } from '../../src/repository/recovery-points';
import { openRepository } from '../../src/repository/repository-header';
import { layout } from '../../src/repository/layout';
import { createJson, jsonBytes, writeJson } from '../../src/repository/json-blob';
import { createMemoryBlobStore } from '../support/memory-blob-store';

const store = createMemoryBlobStore();
const points = createRecoveryPoints(store);

function point(id: string): UncommittedPoint {
  const secrets = {
    status: 'succeeded',
    vault: 'https://vault',
    name: 'n',
    version: 'v',
    capturedAt: 't',
    stored: true,
    size: 2,
  } as const;
  return {
    id,
    repositoryId: 'repository',
    stamp: 'stamp',
    outcome: 'complete',
    components: ['secrets'],
    trigger: 'cli',
    hubkeepVersion: '0.0.0',
    startedAt: '2026-11-22T02:00:00Z',
    committedAt: '2026-11-22T02:10:00Z',
    secrets,
    skewSeconds: null,
    warnings: [],
    notCarried: [],
  };
}

test('points form a chain, each naming the one before by id and hash', async () => {
  const first = await points.commit(point('20261122T020000Z-0001'));
  const second = await points.commit(point('20261123T020000Z-0002'));
  expect([first.point.sequence, second.point.sequence]).toEqual([1, 2]);
  expect(second.point.previous).toEqual({ id: first.point.id, sha256: first.sha256 });
  expect((await points.latest()).point.id).toBe(second.point.id);
});

test('committing again gives the point that is there', async () => {
  const again = await points.commit(point('20261123T020000Z-0002'));
  expect(again.point.sequence).toBe(2);
  expect(await points.chain()).toHaveLength(2);
});

test('two commits of one run at once make one point, though each was built at its own time', async () => {
  const store = createMemoryBlobStore();
  const points = createRecoveryPoints(store);
  const built = ['02:10:00', '02:10:01', '02:10:02'].map((time) => ({
    ...point('20261122T020000Z-0001'),
    committedAt: `2026-11-22T${time}Z`,
  }));
  const committed = await Promise.all(built.map((each) => points.commit(each)));
  expect(new Set(committed.map(({ sha256 }) => sha256)).size).toBe(1);
  expect((await points.latest()).sha256).toBe(committed[0]?.sha256);
  expect(await points.chain()).toHaveLength(1);
});

test('a link whose run died before its record is passed over, and its number is not used again', async () => {
  await createJson(store, layout.chainLink(3), { sequence: 3, id: '20261124T020000Z-dead', sha256: 'x', previous: null });
  expect((await points.latest()).point.sequence).toBe(2);
  const next = await points.commit(point('20261125T020000Z-0003'));
  expect(next.point).toMatchObject({ sequence: 4, previous: { id: '20261123T020000Z-0002' } });
});

test('a suspect point is not the latest one', async () => {
  await writeJson(store, `${layout.marks('20261125T020000Z-0003')}20261126T000000Z-suspect.json`, {
    kind: 'suspect',
    at: '2026-11-26T00:00:00Z',
  });
  expect((await points.latest()).point.id).toBe('20261123T020000Z-0002');
});

test('a point is found with the components it is needed for, or it is said what is missing', async () => {
  await expect(points.find('20261123T020000Z-0002', ['fileshare'])).rejects.toMatchObject({ code: 'point.component-missing' });
  await expect(points.latest(['fileshare'])).rejects.toMatchObject({ code: 'point.not-found' });
  await expect(points.find('20200101T000000Z-0000')).rejects.toMatchObject({ code: 'point.not-found' });
});

test('the newest with some of the databases comes before an older one with all', async () => {
  const [database] = (await points.latest()).point.databases?.items ?? [];
  const failed = {
    status: 'failed' as const,
    server: 's',
    database: 'd',
    problem: { code: 'sql.unreachable' as const, message: 'away' },
  };
  const items = [database ?? failed, failed];
  const { point: some } = await points.commit({ ...point('20261127T020000Z-0005'), databases: { status: 'partial', items } });
  expect((await points.latest(['databases'])).point.id).toBe(some.id);
  await points.commit({ ...point('20261128T020000Z-0006'), databases: { status: 'failed', items: [failed] } });
  expect((await points.latest(['databases'])).point.id).toBe(some.id);
});

test('a record that is not the one committed is refused', async () => {
  const record = (await points.read('20261122T020000Z-0001')).point;
  await store.put(layout.point(record.id), jsonBytes({ ...record, stamp: 'another' }));
  await expect(points.read(record.id)).rejects.toMatchObject({ code: 'format.damaged' });
});

test('a damaged newest record or link does not stop the next point, which names what it follows', async () => {
  const own = createMemoryBlobStore();
  const ours = createRecoveryPoints(own);
  await ours.commit(point('20261122T020000Z-0001'));
  const second = await ours.commit(point('20261123T020000Z-0002'));
  await own.put(layout.point(second.point.id), Buffer.from('{"formatVersion":'));
  expect((await ours.newestReadable(() => true))?.point.sequence).toBe(1);
  const third = await ours.commit(point('20261124T020000Z-0003'));
  expect(third.point).toMatchObject({ sequence: 3, previous: { id: second.point.id, sha256: second.sha256 } });
  await own.put(layout.chainLink(3), Buffer.from('not a link'));
  expect((await ours.commit(point('20261125T020000Z-0004'))).point.sequence).toBe(4);
  await expect(ours.latest()).resolves.toMatchObject({ point: { sequence: 4 } });
});

test('a repository of a newer format is refused before anything else is read', async () => {
  const newer = createMemoryBlobStore();
  await writeJson(newer, layout.header, { repositoryId: 'r', formatVersion: 2, somethingNew: true });
  await expect(openRepository(newer)).rejects.toMatchObject({ code: 'format.unsupported-version' });
});
