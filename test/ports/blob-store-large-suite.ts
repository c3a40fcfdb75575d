import { randomBytes } from 'node:crypto';
import type { BlobStore } from '../../src/ports/blob-store';
import { inChunks, keysOf, kib, raced } from './blob-store-helpers';

/** What every provider of the blob store port does with blobs too large to hold. */
export function describeLargeBlobs(name: string, store: () => BlobStore): void {
  describe(`blob store port, large blobs: ${name}`, () => {
    let scope: string;
    let number = 0;
    beforeAll(() => store().ensure());
    beforeEach(() => {
      number += 1;
      scope = `large-${number}/`;
    });

    test('putLarge stores content of every size around its block', async () => {
      for (const size of [0, 1, 64 * kib - 1, 64 * kib, 64 * kib + 1, 128 * kib, 300 * kib]) {
        const content = randomBytes(size);
        const answer = await store().putLarge(`${scope}${size}`, inChunks(content, 7000), { blockSize: 64 * kib });
        const read = await store().read(`${scope}${size}`);
        expect(answer).toEqual({ size, etag: read.etag });
        expect(read.content.equals(content)).toBe(true);
      }
    });

    test('putLarge takes chunks larger than its block', async () => {
      const content = randomBytes(500 * kib);
      await store().putLarge(`${scope}a`, inChunks(content, 200 * kib), { blockSize: 32 * kib, parallel: 2 });
      expect((await store().read(`${scope}a`)).content.equals(content)).toBe(true);
    });

    test('putLarge asks for the sha256 when all content has passed, and keeps it', async () => {
      for (const size of [10 * kib, 200 * kib]) {
        let passed = 0;
        async function* counted() {
          for await (const chunk of inChunks(randomBytes(size), 8 * kib)) {
            yield chunk;
            passed += chunk.length;
          }
        }
        await store().putLarge(`${scope}${size}`, counted(), { blockSize: 64 * kib, sha256: () => `after-${passed}` });
        expect((await store().stat(`${scope}${size}`)).sha256).toBe(`after-${size}`);
      }
    });

    test('putLarge that breaks midway leaves nothing visible and throws what its source threw', async () => {
      const broken = new Error('the source broke');
      async function* breaking() {
        yield* inChunks(randomBytes(300 * kib), 10 * kib);
        throw broken;
      }
      await expect(store().putLarge(`${scope}a`, breaking(), { blockSize: 64 * kib })).rejects.toBe(broken);
      expect(await keysOf(store(), scope)).toEqual([]);
      await expect(store().stat(`${scope}a`)).rejects.toMatchObject({ code: 'store.not-found' });
      const answer = await store().putLarge(`${scope}a`, inChunks(randomBytes(200 * kib), 10 * kib), { blockSize: 64 * kib });
      expect(await store().stat(`${scope}a`)).toMatchObject({ size: 200 * kib, etag: answer.etag });
    });

    test('a reader sees the old content until putLarge is done', async () => {
      await store().put(`${scope}a`, Buffer.from('old'));
      async function* watched() {
        for await (const chunk of inChunks(randomBytes(300 * kib), 100 * kib)) {
          yield chunk;
          expect((await store().read(`${scope}a`)).content.toString()).toBe('old');
        }
      }
      await store().putLarge(`${scope}a`, watched(), { blockSize: 64 * kib });
      expect((await store().stat(`${scope}a`)).size).toBe(300 * kib);
    });

    test('putLarge with onlyIfAbsent leaves an existing blob as it is', async () => {
      await store().put(`${scope}a`, Buffer.from('first'));
      for (const size of [kib, 300 * kib]) {
        const late = store().putLarge(`${scope}a`, inChunks(randomBytes(size), 10 * kib), {
          blockSize: 64 * kib,
          onlyIfAbsent: true,
        });
        await expect(late).rejects.toMatchObject({ code: 'store.exists' });
      }
      expect((await store().read(`${scope}a`)).content.toString()).toBe('first');
    });

    test('of two large puts at once with onlyIfAbsent, one wins whole and the other fails', async () => {
      const contents = [randomBytes(300 * kib), randomBytes(300 * kib)];
      const options = { blockSize: 64 * kib, onlyIfAbsent: true };
      const { winners, codes } = await raced(
        contents.map((content) => store().putLarge(`${scope}a`, inChunks(content, 10 * kib), options)),
      );
      expect(winners.length).toBe(1);
      expect(codes).toEqual(['store.exists']);
      expect((await store().read(`${scope}a`)).content.equals(contents[winners[0]!]!)).toBe(true);
    });
  });
}
