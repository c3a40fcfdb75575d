import type { SecretVault } from '../../../src/ports/secret-vault';
import { failureOf } from '../../secrets/vault-stage';

/** What every SecretVault does, whatever is behind it. */
export function describeSecretVault(title: string, open: () => SecretVault): void {
  describe(`${title} as a SecretVault`, () => {
    it('gives back the value, type and tags of the newest version', async () => {
      const vault = open();
      await vault.set('plain', 'old');
      const { version } = await vault.set('plain', 'new', { contentType: 'text/plain', tags: { a: 'b' } });

      const secret = await vault.get('plain');
      expect(secret).toMatchObject({ value: 'new', version, contentType: 'text/plain', tags: { a: 'b' } });
      expect(secret.createdAt.getTime()).toBeGreaterThan(0);
    });

    it('gives a version other tags, and leaves all else as it is', async () => {
      const vault = open();
      const { version } = await vault.set('tagged', 'value', { contentType: 'text/plain', tags: { a: 'b', c: 'd' } });
      await vault.tag('tagged', version, { a: 'e' });

      expect(await vault.get('tagged')).toMatchObject({ value: 'value', version, contentType: 'text/plain' });
      expect((await vault.get('tagged')).tags).toEqual({ a: 'e' });
    });

    it('keeps every version readable under its own name', async () => {
      const vault = open();
      const first = await vault.set('versions', 'one');
      const second = await vault.set('versions', 'two');

      expect(second.version).not.toBe(first.version);
      expect((await vault.get('versions', first.version)).value).toBe('one');
      expect((await vault.get('versions', second.version)).value).toBe('two');
    });

    it('keeps text exactly, with a byte order mark, line ends, quotes and characters of four bytes', async () => {
      const vault = open();
      const text = '\uFEFF{"a": "\\" \u{1F511} é\u0000",\r\n\t"b": 1}\n';
      const { version } = await vault.set('exact', text);

      expect((await vault.get('exact', version)).value).toBe(text);
    });

    it('holds 25,600 bytes and rejects one more', async () => {
      const vault = open();
      await vault.set('large', 'é'.repeat(12_800));

      expect((await vault.get('large')).value).toHaveLength(12_800);
      expect(await failureOf(vault.set('large', 'x'.repeat(25_601)))).toMatchObject({
        code: 'vault.rejected',
        retryable: false,
      });
    });

    it('says not found for a name or version that does not exist', async () => {
      const vault = open();
      await vault.set('known', 'value');

      expect(await failureOf(vault.get('unknown'))).toMatchObject({ code: 'vault.not-found' });
      expect(await failureOf(vault.get('known', '0'.repeat(32)))).toMatchObject({ code: 'vault.not-found' });
    });
  });
}
