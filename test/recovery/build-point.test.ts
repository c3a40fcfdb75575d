import type { CommitRequest } from '../../src/contracts/activities';
import { buildPoint } from '../../src/recovery/build-point';
import { createShareStage, type ShareStage } from '../fileshare/share-stage';

const runId = '20261122T020000Z-7f3a';
const problem = { code: 'share.not-found', message: 'the share went away' } as const;

let stage: ShareStage;
let request: CommitRequest;

beforeAll(async () => {
  stage = await createShareStage();
  stage.write('index.html', 'content');
  const bulk = await stage.copyPass({ runId, sequence: 1, pass: 'bulk', base: { kind: 'nothing' } });
  request = {
    run: { runId, version: '0.0.0', components: ['fileshare'], trigger: 'cli', startedAt: '2026-11-22T02:00:00Z', fence: 1 },
    place: { sequence: 1, previous: null },
    databases: null,
    share: { base: null, bulk: { boxes: [bulk.keys.length], finishedAt: '2026-11-22T02:05:00Z' }, delta: null },
    secrets: null,
  };
});
afterAll(() => {
  stage.dispose();
});

function build(share: CommitRequest['share']) {
  const { store, points } = stage;
  return buildPoint({ ...request, share }, { store, points, stamp: 'stamp', repositoryId: 'r', committedAt: new Date() });
}

test('a share that was copied makes a complete point', async () => {
  const { point, problems } = await build(request.share);
  expect(problems).toEqual([]);
  expect(point).toMatchObject({ outcome: 'complete', fileshare: { status: 'succeeded', counts: { files: 1 } } });
});

test('a second look that fails keeps what the first one copied, and the point is partial', async () => {
  if (request.share === null) throw new Error('nothing was copied');
  const { point, problems } = await build({ ...request.share, delta: { boxes: [0], finishedAt: null, problem } });
  expect(point).toMatchObject({ outcome: 'partial', fileshare: { status: 'succeeded', counts: { files: 1 } } });
  expect(problems).toEqual([{ ...problem, component: 'fileshare', subject: 'second look' }]);
});

test('a share of which FILE_SHARE_EXCLUDE leaves folders alone is refused like an empty one', async () => {
  const bare = await createShareStage({ exclude: ['**/*.*'] });
  bare.write('site/index.html', 'content');
  const bulk = await bare.copyPass({ runId, sequence: 1, pass: 'bulk', base: { kind: 'nothing' } });
  const share = { base: null, bulk: { boxes: [bulk.keys.length], finishedAt: '2026-11-22T02:05:00Z' }, delta: null };
  const { store, points } = bare;
  const options = { store, points, stamp: 'stamp', repositoryId: 'r', committedAt: new Date() };
  const { point, problems } = await buildPoint({ ...request, share }, options);
  expect(point).toBeUndefined();
  expect(problems).toMatchObject([{ code: 'share.empty', component: 'fileshare' }]);
  bare.dispose();
});

test('a first look that fails leaves no share, and alone no point at all', async () => {
  const { point, problems } = await build({ base: null, bulk: { boxes: [0], finishedAt: null, problem }, delta: null });
  expect(point).toBeUndefined();
  expect(problems).toEqual([{ ...problem, component: 'fileshare' }]);
});
