import { randomBytes } from 'node:crypto';
import type { BlobStore } from '../../src/ports/blob-store';
import { collect } from '../support/collect';
import { bytes, keysOf, kib, raced } from './blob-store-helpers';

/** What every provider of the blob store port does. `store` is asked anew in each test; keys are of the suite's own. */
export function describeBlobStore(name: string, store: () => BlobStore): void {
  describe(`blob store port: ${name}`, () => {
    let scope: string;
    let number = 0;
    beforeAll(() => store().ensure());
    beforeEach(() => {
      number += 1;
      scope = `suite-${number}/`;
    });

    test('ensuring twice is harmless', async () => {
      await store().ensure();
      await store().put(`${scope}a`, Buffer.from('a'));
      await store().ensure();
      expect(await keysOf(store(), scope)).toEqual([`${scope}a`]);
    });

    test('a blob reads back as it was put, with the etag that put gave', async () => {
      const content = randomBytes(300 * kib);
      const { etag } = await store().put(`${scope}a`, content);
      const answer = await store().read(`${scope}a`);
      expect(answer.etag).toBe(etag);
      expect(answer.content.equals(content)).toBe(true);
    });

    test('a view into a larger buffer is put without its surroundings', async () => {
      const whole = new Uint8Array([1, 2, 3, 4, 5]);
      await store().put(`${scope}a`, whole.subarray(1, 4));
      expect([...(await store().read(`${scope}a`)).content]).toEqual([2, 3, 4]);
    });

    test('changing the buffer after put does not change the blob', async () => {
      const content = Buffer.from('before');
      await store().put(`${scope}a`, content);
      content.fill('x');
      expect((await store().read(`${scope}a`)).content.toString()).toBe('before');
    });

    test('an empty blob exists, has size 0 and reads as nothing', async () => {
      await store().put(`${scope}a`, Buffer.alloc(0));
      expect(await store().stat(`${scope}a`)).toMatchObject({ size: 0 });
      expect((await store().read(`${scope}a`)).content.length).toBe(0);
      expect((await bytes(store().stream(`${scope}a`))).length).toBe(0);
      expect((await store().read(`${scope}a`, { offset: 0, length: 10 })).content.length).toBe(0);
    });

    test('put replaces a blob and changes its etag', async () => {
      const first = await store().put(`${scope}a`, Buffer.from('one'), { sha256: 'aa' });
      const second = await store().put(`${scope}a`, Buffer.from('three'));
      expect(second.etag).not.toBe(first.etag);
      expect(await store().stat(`${scope}a`)).toMatchObject({ size: 5, etag: second.etag, sha256: undefined });
    });

    test('ranges give exactly the bytes asked for, cut at the end of the blob', async () => {
      await store().put(`${scope}a`, Buffer.from('0123456789'));
      const ranges = [
        [0, 4, '0123'],
        [3, 4, '3456'],
        [8, 100, '89'],
        [10, 5, ''],
        [99, 1, ''],
        [0, 0, ''],
        [4, 0, ''],
      ] as const;
      for (const [offset, length, expected] of ranges) {
        expect((await store().read(`${scope}a`, { offset, length })).content.toString()).toBe(expected);
        expect((await bytes(store().stream(`${scope}a`, { offset, length }))).toString()).toBe(expected);
      }
    });

    test('a stream gives the whole content in order', async () => {
      const content = randomBytes(3000 * kib);
      await store().put(`${scope}a`, content);
      expect((await bytes(store().stream(`${scope}a`))).equals(content)).toBe(true);
    });

    test('a stream may be left early', async () => {
      await store().put(`${scope}a`, randomBytes(3000 * kib));
      for await (const chunk of store().stream(`${scope}a`)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await store().stat(`${scope}a`)).toMatchObject({ size: 3000 * kib });
    });

    test('stat and list tell size, etag, time and the sha256 given', async () => {
      const { etag } = await store().put(`${scope}a`, Buffer.from('abc'), { sha256: 'ba7816bf', contentType: 'text/plain' });
      const stat = await store().stat(`${scope}a`);
      expect(stat).toMatchObject({ key: `${scope}a`, size: 3, etag, sha256: 'ba7816bf' });
      expect(stat.lastModified.getTime()).toBeGreaterThan(Date.UTC(2020, 0));
      const [listed] = await collect(store().list(scope));
      expect(listed).toEqual(stat);
    });

    test('a list holds the keys under its prefix only, in ascending order', async () => {
      const names = ['b', 'a/2', 'a/10', 'a', 'a-', 'c/d/e', 'Z', '_'];
      for (const name of names) await store().put(`${scope}${name}`, Buffer.from(name));
      const ordered = ['Z', '_', 'a', 'a-', 'a/10', 'a/2', 'b', 'c/d/e'];
      expect(await keysOf(store(), scope)).toEqual(ordered.map((name) => scope + name));
      expect(await keysOf(store(), `${scope}a/`)).toEqual([`${scope}a/10`, `${scope}a/2`]);
      expect(await keysOf(store(), `${scope}nothing`)).toEqual([]);
      expect(await keysOf(store(), '')).toEqual(expect.arrayContaining([`${scope}a`]));
    });

    test('keys may hold any printable character', async () => {
      const names = ['ünï/日本語', 'emoji 🎈', '100% #1 \'quoted\' "double" &<>+=?;:@', 'a..b/c~d', 'e\u0301 and é', 'שלום'];
      for (const name of names) await store().put(scope + name, Buffer.from(name));
      for (const name of names) {
        expect((await store().read(scope + name)).content.toString()).toBe(name);
        expect((await store().stat(scope + name)).key).toBe(scope + name);
      }
      expect((await keysOf(store(), scope)).sort()).toEqual(names.map((name) => scope + name).sort());
    });

    test('a missing blob is store.not-found for read, range, stream and stat', async () => {
      const code = { code: 'store.not-found' };
      await expect(store().read(`${scope}no`)).rejects.toMatchObject(code);
      await expect(store().read(`${scope}no`, { offset: 0, length: 0 })).rejects.toMatchObject(code);
      await expect(bytes(store().stream(`${scope}no`))).rejects.toMatchObject(code);
      await expect(store().stat(`${scope}no`)).rejects.toMatchObject(code);
    });

    test('remove takes a blob away, and a missing one is success', async () => {
      await store().put(`${scope}a`, Buffer.from('a'));
      await store().remove(`${scope}a`);
      await store().remove(`${scope}a`);
      await expect(store().stat(`${scope}a`)).rejects.toMatchObject({ code: 'store.not-found' });
      expect(await keysOf(store(), scope)).toEqual([]);
    });

    test('onlyIfAbsent leaves an existing blob as it is', async () => {
      await store().put(`${scope}a`, Buffer.from('first'), { onlyIfAbsent: true });
      const second = store().put(`${scope}a`, Buffer.from('second'), { onlyIfAbsent: true });
      await expect(second).rejects.toMatchObject({ code: 'store.exists', retryable: false });
      expect((await store().read(`${scope}a`)).content.toString()).toBe('first');
    });

    test('of writers that put one key at once with onlyIfAbsent, exactly one wins', async () => {
      const writers = ['w', 'x', 'y', 'z'].map((letter) => store().put(`${scope}a`, Buffer.from(letter), { onlyIfAbsent: true }));
      const { winners, codes } = await raced(writers);
      expect(winners.length).toBe(1);
      expect(codes).toEqual(['store.exists', 'store.exists', 'store.exists']);
      expect((await store().read(`${scope}a`)).content.toString()).toBe('wxyz'[winners[0]!]);
    });

    test('ifMatch replaces only what it saw', async () => {
      const { etag } = await store().put(`${scope}a`, Buffer.from('1'));
      const next = await store().put(`${scope}a`, Buffer.from('2'), { ifMatch: etag });
      const late = store().put(`${scope}a`, Buffer.from('3'), { ifMatch: etag });
      await expect(late).rejects.toMatchObject({ code: 'store.precondition-failed' });
      expect(await store().read(`${scope}a`)).toMatchObject({ content: Buffer.from('2'), etag: next.etag });
    });

    test('ifMatch on a blob that is gone fails its precondition', async () => {
      const { etag } = await store().put(`${scope}a`, Buffer.from('1'));
      await store().remove(`${scope}a`);
      const late = store().put(`${scope}a`, Buffer.from('2'), { ifMatch: etag });
      await expect(late).rejects.toMatchObject({ code: 'store.precondition-failed' });
    });

    test('of writers that replace one blob at once with ifMatch, exactly one wins', async () => {
      const { etag } = await store().put(`${scope}a`, Buffer.from('1'));
      const writers = ['w', 'x', 'y', 'z'].map((letter) => store().put(`${scope}a`, Buffer.from(letter), { ifMatch: etag }));
      const { winners } = await raced(writers);
      expect(winners.length).toBe(1);
    });
  });
}
