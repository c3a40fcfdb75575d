import { SecretClient } from '@azure/keyvault-secrets';
import { createCredential } from '../../src/adapters/azure-identity/create-credential';
import { restoreSystemSecrets } from '../../src/secrets/restore-system-secrets';
import { canary, eachWithKeepStage, secretName, type KeepStage } from './keep-stage';

let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

const admin = () =>
  new SecretClient(stage.server.url, createCredential({ instanceDiscovery: false }), {
    disableChallengeResourceVerification: true,
  });
/** Valid content of exactly so many bytes; `mark` stands at its start. */
function contentOf(bytes: number, mark = 'a', filler = 'x'): string {
  const frame = `{"mark":"${mark}","Value":"${canary}"}`;
  const room = bytes - Buffer.byteLength(frame);
  const rest = room % Buffer.byteLength(filler);
  return frame.replace(canary, canary + filler.repeat(Math.floor(room / Buffer.byteLength(filler))) + 'y'.repeat(rest));
}
const sets = () => stage.server.operations.filter((operation) => operation === 'set').length;
async function namesInVault(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of admin().listPropertiesOfSecrets()) names.push(name);
  return names.sort();
}

describe('contents of any size', () => {
  it.each([
    [25_000, 0],
    [25_600, 0],
    [25_601, 2],
    [51_200, 2],
    [300_000, 12],
    [1_048_576, 41],
  ])('%d bytes are kept in %d parts and restored byte for byte', async (bytes, parts) => {
    const content = contentOf(bytes);
    stage.drop(content);
    const { custody } = await stage.kept('run-1');
    expect(custody).toMatchObject({ size: bytes, stored: true });
    expect(custody.parts?.length ?? 0).toBe(parts);
    expect((await restoreSystemSecrets(stage.vault, custody)).equals(Buffer.from(content))).toBe(true);
    expect(sets()).toBe(parts === 0 ? 1 : parts + 1);
    expect((await stage.kept('run-2')).custody).toEqual({ ...custody, stored: false });
    expect(sets()).toBe(parts === 0 ? 1 : parts + 1);
  });

  it.each([1_048_577, 5_000_000])('%d bytes are refused', async (bytes) => {
    stage.drop(contentOf(bytes));
    const problem = await stage.problemOf('run-1');
    expect(problem).toMatchObject({ code: 'secrets.too-large', message: expect.stringContaining(String(bytes)) });
    expect(stage.server.operations).not.toContain('set');
  });

  it('cuts between characters, however many bytes they have', async () => {
    for (const filler of ['ä', '€', '😀']) {
      const content = `\uFEFF${contentOf(60_000, filler, filler)}`;
      stage.drop(content);
      const { custody } = await stage.kept(`run-${filler}`);
      expect((await restoreSystemSecrets(stage.vault, custody)).equals(Buffer.from(content))).toBe(true);
    }
  });

  it('tells its parts by name and version, in tags how many there are, and nothing of the content', async () => {
    stage.drop(contentOf(60_000));
    const { custody } = await stage.kept('run-1');
    const names = [1, 2, 3].map((part) => `${secretName}-part-0${part}`);
    expect(custody.parts?.map(({ name }) => name)).toEqual(names);
    expect(await namesInVault()).toEqual([secretName, ...names]);
    const head = await admin().getSecret(secretName);
    expect(head.properties.tags).toMatchObject({ 'hubkeep-parts': '3', 'hubkeep-size': '60000', 'hubkeep-source': 'drop-file' });
    expect(head.value).not.toContain('CANARY');
  });
});

describe('a store that is cut off or crossed', () => {
  it('between parts leaves the content before it current', async () => {
    stage.drop(contentOf(60_000, 'before'));
    const { custody } = await stage.kept('run-1');
    stage.drop(contentOf(60_000, 'after'));
    for (const part of [1, 2, 3]) {
      stage.faults.clear();
      let left = part;
      stage.faults.add({ operation: 'set', times: 9, answer: (run) => (--left >= 0 ? run() : forbidden()) });
      expect((await stage.problemOf(`run-cut-${part}`)).code).toBe('vault.forbidden');
      expect((await stage.kept('run-2', { dropFile: false })).custody).toEqual({ ...custody, stored: false });
    }
    stage.faults.clear();
    const { custody: after } = await stage.kept('run-3');
    expect((await restoreSystemSecrets(stage.vault, after)).toString()).toBe(contentOf(60_000, 'after'));
    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf(60_000, 'before'));
  });

  it('by another writer at the same time leaves one content whole, and each writer its own', async () => {
    const writers = ['one', 'two'].map(async (mark) => {
      const custody = await stage.deskOf().put({ content: Buffer.from(contentOf(80_000, mark)), source: mark, way: 'cli' });
      return { mark, custody };
    });
    for (const { mark, custody } of await Promise.all(writers)) {
      expect(custody.stored).toBe(true);
      expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf(80_000, mark));
    }
    const { custody } = await stage.kept('run-1', { dropFile: false });
    const current = (await restoreSystemSecrets(stage.vault, custody)).toString();
    expect(['one', 'two'].map((mark) => contentOf(80_000, mark))).toContain(current);
  });

  it('whose part was disabled or deleted is told, and storing again mends it', async () => {
    stage.drop(contentOf(60_000));
    const { custody } = await stage.kept('run-1');
    const [, second] = custody.parts ?? [];
    await admin().updateSecretProperties(second?.name ?? '', second?.version ?? '', { enabled: false });
    expect(await stage.problemOf('run-2', { dropFile: false })).toMatchObject({
      code: 'vault.mismatch',
      message: expect.stringContaining(`${second?.name} is disabled`),
    });
    expect((await stage.kept('run-3')).custody).toMatchObject({ stored: true });
    await (await admin().beginDeleteSecret(second?.name ?? '', { intervalInMs: 10 })).pollUntilDone();
    expect(await stage.problemOf('run-4', { dropFile: false })).toMatchObject({
      code: 'vault.mismatch',
      message: expect.stringContaining('missing'),
    });
    expect(await stage.problemOf('run-5')).toMatchObject({ code: 'vault.conflict', hint: expect.stringContaining('recover') });
  });

  it('is noticed when a part reads otherwise than it was written', async () => {
    stage.drop(contentOf(60_000));
    await stage.kept('run-1');
    stage.faults.add({ operation: 'get', times: 1, answer: (run) => run() });
    stage.faults.alterReads(1);
    expect(await stage.problemOf('run-2', { dropFile: false })).toMatchObject({ code: 'vault.mismatch' });
  });
});

describe('a current version that is disabled', () => {
  it('is told with what to do, and a new one goes over it', async () => {
    stage.drop(contentOf(100));
    const { custody } = await stage.kept('run-1');
    await admin().updateSecretProperties(secretName, custody.version, { enabled: false });
    expect(await stage.problemOf('run-2', { dropFile: false })).toMatchObject({
      code: 'vault.disabled',
      hint: expect.stringContaining('store SystemSecrets.JSON again'),
    });
    expect((await stage.kept('run-3')).custody.stored).toBe(true);
  });
});

function forbidden() {
  return { status: 403, body: { error: { code: 'Forbidden', message: 'no' } } };
}
