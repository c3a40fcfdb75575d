import { changeShare } from '../../sandbox/share-generator/change-share';
import { keysIn, openStage, type Stage } from './stage';
import { copyTree, differences } from './trees';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage.close());

test('a second backup stores only what changed, and both points restore exactly', async () => {
  const hubkeep = stage.inContainer('incremental');
  const { share } = stage.sandbox;
  const first = await hubkeep.json(['backup', '--components', 'fileshare']);
  const asItWas = stage.path('as-it-was');
  copyTree(share, asItWas);
  const packsBefore = await keysIn(hubkeep.store, 'packs/');

  const change = await changeShare(share);
  const second = await hubkeep.json(['backup', '--components', 'fileshare']);
  expect([first.code, second.code]).toEqual([0, 0]);

  const packsAfter = await keysIn(hubkeep.store, 'packs/');
  const added = packsAfter.filter((key) => !packsBefore.includes(key));
  expect(packsAfter).toEqual(expect.arrayContaining(packsBefore));
  expect(added.every((key) => key.startsWith(`packs/${second.document.runId}/`))).toBe(true);
  const sizes = await Promise.all(added.map(async (key) => (await hubkeep.store.stat(key)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(500_000);
  const { counts } = (await hubkeep.json(['show', 'latest'])).document.fileshare;
  expect(counts).toMatchObject({
    added: change.added.length + change.renamed.length,
    removed: change.deleted.length + change.renamed.length,
    failed: 0,
  });
  // Directories count too when what they hold has changed.
  expect(counts.changed).toBeGreaterThanOrEqual(change.changed.length);
  expect(counts.changed).toBeLessThan(10);
  expect(counts.bytesStored).toBeLessThan(500_000);

  for (const [id, state] of [
    [first.document.recoveryPoint, asItWas],
    ['latest', share],
  ] as const) {
    const restored = stage.path(`restored-${id}`);
    expect(await hubkeep.run(['restore', id, '--fileshare', restored])).toMatchObject({ code: 0 });
    expect(differences(state, restored)).toBe('');
  }
});
