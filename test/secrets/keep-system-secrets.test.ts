import { rmSync } from 'node:fs';
import { restoreSystemSecrets } from '../../src/secrets/restore-system-secrets';
import { canary, contentOf, eachWithKeepStage, secretName, type KeepStage } from './keep-stage';
import { failureOf } from './vault-stage';

let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

/** How many versions were written. */
function sets({ server }: KeepStage): number {
  return server.operations.filter((operation) => operation === 'set').length;
}

describe('keeping SystemSecrets.JSON', () => {
  it('stores the first one and says where it is', async () => {
    stage.drop(contentOf('one'));
    const { custody, warnings } = await stage.kept('run-1', { maxAgeDays: 90 });

    expect(custody).toEqual({
      vault: stage.server.url,
      name: secretName,
      version: expect.stringMatching(/^[0-9a-f]{32}$/),
      capturedAt: stage.clock.now().toISOString(),
      stored: true,
      size: Buffer.byteLength(contentOf('one')),
    });
    expect(warnings).toEqual([]);
  });

  it('adds no version while the content stays the same', async () => {
    stage.drop(contentOf('one'));
    const first = await stage.kept('run-1');
    stage.clock.advance(86_400_000);
    const second = await stage.kept('run-2');

    expect(second.custody).toEqual({ ...first.custody, stored: false });
    expect(sets(stage)).toBe(1);
  });

  it('gives the same answer when the same call is made twice', async () => {
    stage.drop(contentOf('one'));

    expect(await stage.kept('run-1')).toEqual(await stage.kept('run-1'));
    expect(sets(stage)).toBe(1);
  });

  it('adds a version when the content changed, and again when it changed back', async () => {
    const versions = new Set<string>();
    for (const [run, part] of ['one', 'two', 'one'].entries()) {
      stage.clock.advance(86_400_000);
      stage.drop(contentOf(part));
      const { custody } = await stage.kept(`run-${run}`);
      expect(custody).toMatchObject({ stored: true, capturedAt: stage.clock.now().toISOString() });
      versions.add(custody.version);
    }

    expect(versions.size).toBe(3);
  });

  it('keeps a byte order mark and restores the same bytes', async () => {
    const bytes = Buffer.from(`\uFEFF${contentOf('bom')}`);
    stage.drop(bytes);
    const { custody } = await stage.kept('run-1');

    expect(custody.size).toBe(bytes.length);
    expect((await restoreSystemSecrets(stage.vault, custody)).equals(bytes)).toBe(true);
  });

  it('restores the version of its recovery point after newer ones were stored', async () => {
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');
    stage.drop(contentOf('two'));
    await stage.kept('run-2');

    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('one'));
  });

  it('refuses to restore a version that is not what was stored', async () => {
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');
    stage.faults.alterReads(1);
    const error = await failureOf(restoreSystemSecrets(stage.vault, custody));

    expect(error).toMatchObject({ code: 'vault.mismatch' });
    expect(JSON.stringify([error, error.message])).not.toContain('CANARY');
  });

  it('sends a restore to the vault of the recovery point when another one is configured', async () => {
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');
    const error = await failureOf(
      restoreSystemSecrets(stage.vault, { ...custody, vault: 'https://old.example', version: 'f'.repeat(32) }),
    );

    expect(error).toMatchObject({ code: 'vault.not-found' });
    expect(error['hint']).toContain('https://old.example');
  });
});

describe('without a file to pick up', () => {
  it('relies on the version the vault holds, whether no path is set or no file is there', async () => {
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');
    rmSync(stage.dropPath);

    expect((await stage.kept('run-2')).custody).toEqual({ ...custody, stored: false });
    expect((await stage.kept('run-3', { dropFile: false })).custody).toEqual({ ...custody, stored: false });
  });

  it('relies on a version that an operator put there by hand, if it can be the right file', async () => {
    const { version } = await stage.vault.set(secretName, contentOf('by hand'));
    const { custody } = await stage.kept('run-1');
    expect(custody).toMatchObject({ version, stored: false });
    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('by hand'));

    await stage.vault.set(secretName, `not json ${canary}`);
    expect((await stage.problemOf('run-2')).code).toBe('secrets.invalid');
  });

  it('stores a file again that the vault holds only by hand, to have its hash beside it', async () => {
    const { version } = await stage.vault.set(secretName, contentOf('one'));
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');

    expect(custody.stored).toBe(true);
    expect(custody.version).not.toBe(version);
  });

  it('fails with the way through the portal when nothing was ever stored', async () => {
    for (const dropFile of [true, false]) {
      const problem = await stage.problemOf('run-1', { dropFile });
      expect(problem.code).toBe('secrets.never-stored');
      expect(problem.hint).toMatch(/App Service, Secrets, choose Download Secrets/);
    }
  });

  it('notices that the version in the vault does not fit the hash beside it', async () => {
    stage.drop(contentOf('one'));
    await stage.kept('run-1');
    rmSync(stage.dropPath);
    stage.faults.alterReads(1);

    expect((await stage.problemOf('run-2')).code).toBe('vault.mismatch');
  });

  it('warns when the content is older than allowed', async () => {
    stage.drop(contentOf('one'));
    await stage.kept('run-1');
    stage.clock.advance(90 * 86_400_000);
    expect((await stage.kept('run-2', { maxAgeDays: 90 })).warnings).toEqual([]);
    stage.clock.advance(86_400_000);

    const { warnings } = await stage.kept('run-3', { maxAgeDays: 90 });
    expect(warnings).toEqual([expect.objectContaining({ code: 'secrets.stale' })]);
    expect(warnings[0]?.message).toContain('91 days');
  });
});
