import type { BlobStore } from '../../src/ports/blob-store';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import { withBackupContainer } from '../../src/repository/with-backup-container';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';

const inOwn = 'databases/r1/s/b.bak';
const inOther = 'databases/r1/s/a.bak';
const inBoth = 'databases/r1/s/c.bak';

let own: BlobStore;
let other: BlobStore;
let store: BlobStore;

beforeEach(async () => {
  own = createMemoryBlobStore();
  other = createMemoryBlobStore();
  store = withBackupContainer(own, other);
  await own.put(inOwn, Buffer.from('own'));
  await own.put(inBoth, Buffer.from('mine'));
  await other.put(inBoth, Buffer.from('theirs'));
  await other.put(inOther, Buffer.from('other'));
  await other.put('databases/r2/s/d.bak', Buffer.from('later'));
  await other.put('packs/r1/x', Buffer.from('no pack'));
});

const text = async (key: string) => (await store.read(key)).content.toString();
const streamed = async (key: string) => Buffer.concat(await collect(store.stream(key))).toString();
const listed = async (prefix: string) => (await collect(store.list(prefix))).map(({ key }) => key);

test('backups are found in either container, in its own first', async () => {
  expect([await text(inOwn), await text(inOther), await text(inBoth)]).toEqual(['own', 'other', 'mine']);
  expect([await streamed(inOwn), await streamed(inOther), await streamed(inBoth)]).toEqual(['own', 'other', 'mine']);
  expect((await store.stat(inOther)).size).toBe(5);
  expect(Buffer.concat(await collect(store.stream(inOther, { offset: 1, length: 2 }))).toString()).toBe('th');
});

test('listings hold both in one order, and no other names than those of backups', async () => {
  expect(await listed('databases/')).toEqual([inOther, inOwn, inBoth, 'databases/r2/s/d.bak']);
  expect(await listed('databases/r1/')).toEqual([inOther, inOwn, inBoth]);
  expect(await listed('packs/')).toEqual([]);
  await expect(store.read('packs/r1/x')).rejects.toMatchObject({ code: 'store.not-found' });
});

test('what is written goes to its own', async () => {
  await store.put('databases/r3/s/e.bak', Buffer.from('e'));
  await expect(other.stat('databases/r3/s/e.bak')).rejects.toMatchObject({ code: 'store.not-found' });
});

test('what is removed is gone from both', async () => {
  await store.remove(inBoth);
  await store.remove(inOther);
  expect(await listed('databases/r1/')).toEqual([inOwn]);
});

test('a blob that neither has is missing from its own', async () => {
  await expect(store.stat('databases/r1/s/none')).rejects.toMatchObject({ code: 'store.not-found' });
  await expect(streamed('databases/r1/s/none')).rejects.toMatchObject({ code: 'store.not-found' });
});

test.each(['store.not-found', 'store.unauthorized'] as const)('a container that answers %s has nothing', async (code) => {
  other.list = async function* () {
    throw new HubkeepError(code, 'no');
  };
  expect(await listed('databases/')).toEqual([inOwn, inBoth]);
});

test('one that is silent is not taken for empty', async () => {
  other.list = async function* () {
    throw new HubkeepError('store.unavailable', 'silent', { retryable: true });
  };
  await expect(listed('databases/')).rejects.toMatchObject({ code: 'store.unavailable' });
  other.read = () => Promise.reject(new HubkeepError('store.unauthorized', 'refused'));
  await expect(text(inOther)).rejects.toMatchObject({ code: 'store.unauthorized' });
});
