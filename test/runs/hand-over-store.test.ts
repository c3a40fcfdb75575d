import { layout } from '../../src/repository/layout';
import { createHandOverStore } from '../../src/runs/hand-over-store';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { codeThrownBy } from './stage';

const runId = '20261122T020000Z-0001';
const handedOver = [
  layout.partitions(runId),
  layout.boxResult(runId, { pass: 'bulk', partition: 0, box: 0 }),
  layout.databaseResult(runId, 'sql', 'master'),
  layout.settledCommit(runId),
];
const stored = [
  layout.run(runId),
  layout.cancel(runId),
  layout.progress(layout.runFiles(runId), 'fileshare-bulk'),
  layout.point(runId),
  layout.runLock,
];

const open = () => {
  const beneath = createMemoryBlobStore();
  return { beneath, store: createHandOverStore(beneath) };
};

test.each(handedOver)('%s is known to this process alone', async (key) => {
  const { beneath, store } = open();
  expect(await codeThrownBy(store.read(key))).toBe('store.not-found');
  await store.put(key, Buffer.from('first'), { onlyIfAbsent: true });
  expect(await codeThrownBy(store.put(key, Buffer.from('second'), { onlyIfAbsent: true }))).toBe('store.exists');
  expect((await store.read(key)).content.toString()).toBe('first');
  expect(await codeThrownBy(beneath.read(key))).toBe('store.not-found');
});

test.each(stored)('%s is stored', async (key) => {
  const { beneath, store } = open();
  await store.put(key, Buffer.from('content'));
  expect((await beneath.read(key)).content.toString()).toBe('content');
  await beneath.put(key, Buffer.from('changed by another'));
  expect((await store.read(key)).content.toString()).toBe('changed by another');
});

test('what is too large to be kept is stored, and forgotten with its run', async () => {
  const { beneath, store } = open();
  const key = layout.boxResult(runId, { pass: 'bulk', partition: 0, box: 1 });
  const large = Buffer.alloc(5 * 1024 * 1024, 'x');
  await store.put(key, large, { onlyIfAbsent: true });
  expect((await beneath.read(key)).content.equals(large)).toBe(true);
  expect((await store.read(key)).content.equals(large)).toBe(true);
  expect(await codeThrownBy(store.put(key, large, { onlyIfAbsent: true }))).toBe('store.exists');
  store.forget(runId);
  expect(await codeThrownBy(store.read(key))).toBe('store.not-found');
});

test('a run that has ended is forgotten, another one is not', async () => {
  const { store } = open();
  const other = layout.settledCommit('20261122T020000Z-0002');
  for (const key of [...handedOver, other]) await store.put(key, Buffer.from(key));
  store.forget(runId);
  for (const key of handedOver) expect(await codeThrownBy(store.read(key))).toBe('store.not-found');
  expect((await store.read(other)).content.toString()).toBe(other);
});
