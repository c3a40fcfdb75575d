import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { restoreSystemSecrets } from '../../src/secrets/restore-system-secrets';
import { contentOf, eachWithKeepStage, type KeepStage } from './keep-stage';

let stage: KeepStage;
eachWithKeepStage((opened) => {
  stage = opened;
});

const stored = async (custody: Parameters<typeof restoreSystemSecrets>[1]) =>
  (await restoreSystemSecrets(stage.vault, custody)).toString();

/** Does something while the vault is being written to. */
function duringStore(work: () => void) {
  stage.faults.add({
    operation: 'set',
    times: 1,
    answer: (run) => {
      work();
      return run();
    },
  });
}

describe('wiping a local drop file', () => {
  it('removes it once the vault holds it, and overwrites it before', async () => {
    stage.drop(contentOf('one'));
    const otherName = path.join(stage.directory, 'other-name');
    linkSync(stage.dropPath, otherName);
    const { custody, warnings } = await stage.kept('run-1', { wipe: true });

    expect(warnings).toEqual([]);
    expect(existsSync(stage.dropPath)).toBe(false);
    expect(readFileSync(otherName)).toEqual(Buffer.alloc(Buffer.byteLength(contentOf('one'))));
    expect(await stored(custody)).toBe(contentOf('one'));
    expect(stage.said()).toContain('secrets.wiped');
  });

  it('leaves it where wiping is not asked for', async () => {
    stage.drop(contentOf('one'));
    await stage.kept('run-1');

    expect(readFileSync(stage.dropPath, 'utf8')).toBe(contentOf('one'));
  });

  it('removes one whose content the vault held already', async () => {
    stage.drop(contentOf('one'));
    const first = await stage.kept('run-1');
    const second = await stage.kept('run-2', { wipe: true });

    expect(second).toMatchObject({ custody: { version: first.custody.version, stored: false }, warnings: [] });
    expect(existsSync(stage.dropPath)).toBe(false);
    expect((await stage.kept('run-3', { wipe: true })).custody.version).toBe(first.custody.version);
  });

  it('stores a changed one and removes it', async () => {
    for (const part of ['one', 'two']) {
      stage.drop(contentOf(part));
      const { custody } = await stage.kept(`run-${part}`, { wipe: true });
      expect(custody.stored).toBe(true);
      expect(await stored(custody)).toBe(contentOf(part));
      expect(existsSync(stage.dropPath)).toBe(false);
    }
  });

  it.each(['two', 'newer'])('keeps a drop that was left during the store (%s)', async (part) => {
    stage.drop(contentOf('one'));
    duringStore(() => stage.drop(contentOf(part)));
    const { custody, warnings } = await stage.kept('run-1', { wipe: true });

    expect(warnings).toEqual([]);
    expect(await stored(custody)).toBe(contentOf('one'));
    expect(readFileSync(stage.dropPath, 'utf8')).toBe(contentOf(part));
    expect(await stored((await stage.kept('run-2', { wipe: true })).custody)).toBe(contentOf(part));
  });

  it('has nothing to do when the file was taken away during the store', async () => {
    stage.drop(contentOf('one'));
    duringStore(() => rmSync(stage.dropPath));

    expect((await stage.kept('run-1', { wipe: true })).warnings).toEqual([]);
  });

  it('leaves the file when the vault does not hold it for sure', async () => {
    stage.drop(contentOf('one'));
    stage.faults.alterReads(2);
    expect((await stage.problemOf('run-1', { wipe: true })).code).toBe('vault.mismatch');

    expect(readFileSync(stage.dropPath, 'utf8')).toBe(contentOf('one'));
  });

  it('leaves a file that cannot be SystemSecrets.JSON', async () => {
    stage.drop('CANARY');
    expect((await stage.problemOf('run-1', { wipe: true })).code).toBe('secrets.invalid');

    expect(readFileSync(stage.dropPath, 'utf8')).toBe('CANARY');
  });

  it('warns when it fails, and the secrets are kept all the same', async () => {
    stage.drop(contentOf('one'));
    duringStore(() => {
      rmSync(stage.dropPath);
      mkdirSync(stage.dropPath);
    });
    const { custody, warnings } = await stage.kept('run-1', { wipe: true });

    expect(await stored(custody)).toBe(contentOf('one'));
    expect(warnings).toEqual([
      {
        code: 'secrets.not-wiped',
        message: expect.stringMatching(/^SYSTEM_SECRETS_PATH .* cannot be wiped \(EISDIR\)/) as string,
        hint: expect.stringContaining('by hand') as string,
      },
    ]);
  });

  it('takes the zeros of a wipe that was cut off for no drop, removes them and says so', async () => {
    stage.drop(contentOf('one'));
    const { custody } = await stage.kept('run-1');
    stage.drop(Buffer.alloc(120));
    const second = await stage.kept('run-2', { wipe: true });

    expect(second.custody).toEqual({ ...custody, stored: false });
    expect(second.warnings).toMatchObject([{ code: 'secrets.not-wiped', message: expect.stringContaining('zeros') as string }]);
    expect(existsSync(stage.dropPath)).toBe(false);
    expect((await stage.kept('run-3', { wipe: true })).warnings).toEqual([]);
  });
});
