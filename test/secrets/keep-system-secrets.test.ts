import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SecretClient } from '@azure/keyvault-secrets';
import { createKeepSystemSecretsActivity } from '../../src/activities/keep-system-secrets';
import { createCredential } from '../../src/adapters/azure-identity/create-credential';
import { createLocalDropFile } from '../../src/adapters/local-drop-file/local-drop-file';
import type { Log, LogFields } from '../../src/ports/log';
import { createKeepSystemSecrets } from '../../src/secrets/keep-system-secrets';
import { restoreSystemSecrets } from '../../src/secrets/restore-system-secrets';
import { createSystemSecretsStore } from '../../src/secrets/store-system-secrets';
import { failureOf, openVaultStage, signInAs, sandboxClient, type VaultStage } from './vault-stage';

const canary = 'CANARY-7e21-content';
const contentOf = (part: string): string => `{\r\n  "Keys": [{ "Value": "${canary}-${part}" }]\r\n}\r\n`;

let stage: VaultStage;
let dropPath: string;
let said: string[];

beforeEach(async () => {
  stage = await openVaultStage();
  dropPath = path.join(stage.directory, 'SystemSecrets.JSON');
  said = [];
});

afterEach(async () => {
  await stage.close();
  expect(said.join('\n')).not.toContain('CANARY');
});

/** Runs the activity as the engine does, noting everything it says. */
async function keep(runId: string, options: { maxAgeDays?: number; dropFile?: boolean } = {}) {
  const { clock, vault } = stage;
  const service = createKeepSystemSecrets({
    store: createSystemSecretsStore({ vault, clock, stampName: 'east stamp' }),
    dropFile: options.dropFile === false ? undefined : createLocalDropFile(dropPath),
    maxAgeDays: options.maxAgeDays,
    clock,
    log: recordingLog(),
  });
  try {
    const outcome = await createKeepSystemSecretsActivity(service)({ runId });
    said.push(JSON.stringify(outcome));
    return outcome;
  } catch (error) {
    const { message, stack, cause } = error as Error;
    said.push(JSON.stringify([error, message, stack, String(cause)]));
    throw error;
  }
}

async function kept(runId: string, options: Parameters<typeof keep>[1] = {}) {
  const outcome = await keep(runId, options);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome.problem));
  return outcome;
}

async function problemOf(runId: string, options: Parameters<typeof keep>[1] = {}) {
  const outcome = await keep(runId, options);
  if (outcome.status !== 'failed') throw new Error('expected a failed outcome');
  return outcome.problem;
}

function recordingLog(): Log {
  const record = (event: string, fields: LogFields = {}): void => {
    said.push(JSON.stringify({ event, ...fields }));
  };
  const log: Log = { debug: record, info: record, warn: record, error: record, child: () => log };
  return log;
}

const drop = (content: string | Uint8Array): void => writeFileSync(dropPath, content);

const sets = (): number => stage.server.operations.filter((operation) => operation === 'set').length;

describe('keeping SystemSecrets.JSON', () => {
  it('stores the first one and says where it is', async () => {
    drop(contentOf('one'));
    const { custody, warnings } = await kept('run-1', { maxAgeDays: 90 });

    expect(custody).toEqual({
      vault: stage.server.url,
      name: 'east-stamp-SystemSecrets',
      version: expect.stringMatching(/^[0-9a-f]{32}$/),
      capturedAt: stage.clock.now().toISOString(),
      stored: true,
      size: Buffer.byteLength(contentOf('one')),
    });
    expect(warnings).toEqual([]);
  });

  it('adds no version while the content stays the same', async () => {
    drop(contentOf('one'));
    const first = await kept('run-1');
    stage.clock.advance(86_400_000);
    const second = await kept('run-2');

    expect(second.custody).toEqual({ ...first.custody, stored: false });
    expect(sets()).toBe(1);
  });

  it('gives the same answer when the same call is made twice', async () => {
    drop(contentOf('one'));

    expect(await kept('run-1')).toEqual(await kept('run-1'));
    expect(sets()).toBe(1);
  });

  it('adds a version when the content changed, and again when it changed back', async () => {
    const versions = new Set<string>();
    for (const [run, part] of ['one', 'two', 'one'].entries()) {
      stage.clock.advance(86_400_000);
      drop(contentOf(part));
      const { custody } = await kept(`run-${run}`);
      expect(custody).toMatchObject({ stored: true, capturedAt: stage.clock.now().toISOString() });
      versions.add(custody.version);
    }

    expect(versions.size).toBe(3);
  });

  it('keeps a byte order mark and restores the same bytes', async () => {
    const bytes = Buffer.from(`\uFEFF${contentOf('bom')}`);
    drop(bytes);
    const { custody } = await kept('run-1');

    expect(custody.size).toBe(bytes.length);
    expect((await restoreSystemSecrets(stage.vault, custody)).equals(bytes)).toBe(true);
  });

  it('restores the version of its recovery point after newer ones were stored', async () => {
    drop(contentOf('one'));
    const { custody } = await kept('run-1');
    drop(contentOf('two'));
    await kept('run-2');

    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('one'));
  });

  it('refuses to restore a version that is not what was stored', async () => {
    drop(contentOf('one'));
    const { custody } = await kept('run-1');
    stage.faults.alterReads(1);
    const error = await failureOf(restoreSystemSecrets(stage.vault, custody));

    expect(error).toMatchObject({ code: 'vault.mismatch' });
    expect(JSON.stringify([error, error.message])).not.toContain('CANARY');
  });

  it('sends a restore to the vault of the recovery point when another one is configured', async () => {
    drop(contentOf('one'));
    const { custody } = await kept('run-1');
    const error = await failureOf(
      restoreSystemSecrets(stage.vault, { ...custody, vault: 'https://old.example', version: 'f'.repeat(32) }),
    );

    expect(error).toMatchObject({ code: 'vault.not-found' });
    expect(error['hint']).toContain('https://old.example');
  });
});

describe('without a file to pick up', () => {
  it('relies on the version the vault holds, whether no path is set or no file is there', async () => {
    drop(contentOf('one'));
    const { custody } = await kept('run-1');
    rmSync(dropPath);

    expect((await kept('run-2')).custody).toEqual({ ...custody, stored: false });
    expect((await kept('run-3', { dropFile: false })).custody).toEqual({ ...custody, stored: false });
  });

  it('relies on a version that an operator put there by hand, if it can be the right file', async () => {
    const { version } = await stage.vault.set('east-stamp-SystemSecrets', contentOf('by hand'));
    const { custody } = await kept('run-1');
    expect(custody).toMatchObject({ version, stored: false });
    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('by hand'));

    await stage.vault.set('east-stamp-SystemSecrets', `not json ${canary}`);
    expect((await problemOf('run-2')).code).toBe('secrets.invalid');
  });

  it('fails with the way through the portal when nothing was ever stored', async () => {
    for (const dropFile of [true, false]) {
      const problem = await problemOf('run-1', { dropFile });
      expect(problem.code).toBe('secrets.never-stored');
      expect(problem.hint).toMatch(/App Service, Secrets, choose Download Secrets/);
    }
  });

  it('notices that the version in the vault does not fit the hash beside it', async () => {
    drop(contentOf('one'));
    await kept('run-1');
    rmSync(dropPath);
    stage.faults.alterReads(1);

    expect((await problemOf('run-2')).code).toBe('vault.mismatch');
  });

  it('warns when the content is older than allowed', async () => {
    drop(contentOf('one'));
    await kept('run-1');
    stage.clock.advance(90 * 86_400_000);
    expect((await kept('run-2', { maxAgeDays: 90 })).warnings).toEqual([]);
    stage.clock.advance(86_400_000);

    const { warnings } = await kept('run-3', { maxAgeDays: 90 });
    expect(warnings).toEqual([expect.objectContaining({ code: 'secrets.stale' })]);
    expect(warnings[0]?.message).toContain('91 days');
  });
});

describe('a file that cannot be SystemSecrets.JSON', () => {
  const utf16 = Buffer.from(`\uFEFF${contentOf('utf-16')}`, 'utf16le');

  it.each([
    ['UTF-16', utf16, /is UTF-16/],
    ['UTF-16 without a mark', utf16.subarray(2), /is UTF-16/],
    ['UTF-16, big-endian', Buffer.from(utf16).swap16(), /is UTF-16/],
    ['not UTF-8', Buffer.concat([Buffer.from(contentOf('x')), Buffer.of(0xc3, 0x28)]), /is not UTF-8/],
    ['cut off', Buffer.from(contentOf('cut')).subarray(0, -6), /is not valid JSON/],
    ['a short word', Buffer.from('CANARY'), /is not valid JSON/],
    ['a web page', Buffer.from(`<html>${canary}</html>`), /is a web page/],
    ['a list', Buffer.from(`["${canary}"]`), /not an object/],
    ['a string', Buffer.from(`"${canary}"`), /not an object/],
    ['an empty object', Buffer.from('\uFEFF{}'), /is an empty JSON object/],
    ['empty', Buffer.from(''), /is empty/],
    ['blank', Buffer.from(' \r\n'), /is empty/],
  ])('is refused with the reason and without a word of it: %s', async (_kind, content, reason) => {
    drop(content);
    const problem = await problemOf('run-1');

    expect(problem.code).toBe('secrets.invalid');
    expect(problem.message).toMatch(reason);
    expect(problem.causes).toBeUndefined();
    expect(stage.server.operations).toEqual([]);
  });

  it('is refused one byte above what a secret holds, and taken at that size', async () => {
    const filler = 25_600 - Buffer.byteLength(`{"a":"${canary}"}`);
    drop(`{"a":"${canary}${'x'.repeat(filler + 1)}"}`);
    const problem = await problemOf('run-1');
    expect(problem).toMatchObject({ code: 'secrets.too-large' });
    expect(problem.message).toContain('25601');

    drop(`{"a":"${canary}${'x'.repeat(filler)}"}`);
    expect((await kept('run-2')).custody.size).toBe(25_600);
  });

  it('is refused when it is a directory', async () => {
    mkdirSync(dropPath);
    const problem = await problemOf('run-1');

    expect(problem.code).toBe('secrets.unreadable');
    expect(problem.message).toContain('SYSTEM_SECRETS_PATH');
  });
});

describe('a vault in trouble', () => {
  beforeEach(() => drop(contentOf('trouble')));

  it('fails the component when what was stored does not read back, and stores it again next time', async () => {
    // The first read finds nothing, so only the one after storing is altered.
    stage.faults.alterReads(2);
    expect((await problemOf('run-1')).code).toBe('vault.mismatch');

    const { custody } = await kept('run-2');
    expect((await restoreSystemSecrets(stage.vault, custody)).toString()).toBe(contentOf('trouble'));
  });

  it('throws when trying again can help, so that the engine does', async () => {
    stage.faults.throttle(Number.POSITIVE_INFINITY);
    expect(await failureOf(keep('run-1'))).toMatchObject({ code: 'vault.throttled', retryable: true });

    stage.faults.clear();
    await stage.server.close();
    expect(await failureOf(keep('run-2'))).toMatchObject({ code: 'vault.unreachable', retryable: true });
  });

  it('gets through when the vault is busy for a moment', async () => {
    stage.faults.throttle(1);
    stage.faults.throttle(1, 3);

    expect((await kept('run-1')).custody.stored).toBe(true);
    expect(stage.clock.slept).toEqual([1_000, 3_000]);
  });

  it('fails the component when the vault forbids it', async () => {
    stage.faults.forbid('get');
    const problem = await problemOf('run-1');

    expect(problem.code).toBe('vault.forbidden');
    expect(problem.hint).toContain('Key Vault Secrets Officer');
  });

  it('fails the component when the client secret is wrong', async () => {
    signInAs(stage.identity.url, { ...sandboxClient, clientSecret: 'expired' });
    stage = { ...stage, vault: stage.connect() };

    expect(await problemOf('run-1')).toMatchObject({
      code: 'identity.rejected',
      message: expect.stringContaining('AADSTS7000215'),
    });
  });

  it('fails the component when its name is held by a deleted secret', async () => {
    await kept('run-1');
    const admin = new SecretClient(stage.server.url, createCredential({ instanceDiscovery: false }), {
      disableChallengeResourceVerification: true,
    });
    await (await admin.beginDeleteSecret('east-stamp-SystemSecrets', { intervalInMs: 10 })).pollUntilDone();

    const problem = await problemOf('run-2');
    expect(problem.code).toBe('vault.conflict');
    expect(problem.hint).toContain('recover');
  });
});
