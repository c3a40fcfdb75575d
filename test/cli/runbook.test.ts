import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookSchema } from '../../src/contracts/runbook';
import { commandOf, noticesIn, plainText } from '../recovery/runbook-stage';
import { openStage, run, type Stage } from './stage';

let stage: Stage;
let id: string;
beforeAll(async () => {
  stage = await openStage();
  id = (await stage.hubkeep('backup', '--reason', 'before <b>the</b> update', '--json')).json().recoveryPoint;
});
afterAll(() => stage.close());

describe('hubkeep runbook', () => {
  test('prints Markdown, of the latest as of a point by its id', async () => {
    const { code, stdout, stderr } = await stage.hubkeep('runbook', 'latest');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^# Recovery of App Service on stamp stamp from point ${id}\n`));
    expect(stdout).toContain('- **Reason:** `before <b>the</b> update`');
    expect((await stage.hubkeep('runbook', id)).stdout).toBe(stdout);
  });

  test('prints HTML or JSON, and --json the document itself', async () => {
    expect((await stage.hubkeep('runbook', id, '--format', 'html')).stdout).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    const document = (await stage.hubkeep('runbook', id, '--format', 'json')).json();
    expect(runbookSchema.parse(document)).toEqual(document);
    const answer = await stage.hubkeep('runbook', id, '--json');
    expect(answer.json()).toEqual(document);
  });

  test('is stored with the point, as it was known then', async () => {
    const { runbook } = (await stage.hubkeep('show', id, '--json')).json();
    const { content } = await stage.store().read(runbook.json.key);
    const stored = JSON.parse(content.toString());
    const { document } = { document: (await stage.hubkeep('runbook', id, '--json')).json() };
    expect({ ...stored, sections: [] }).toEqual({ ...document, sections: [] });
    expect((await stage.store().read(runbook.md.key)).content.toString()).toContain('written when the point was made');
  });

  test('is covered by verify: without opening it, and every bit of it with --deep', async () => {
    const { runbook } = (await stage.hubkeep('show', id, '--json')).json();
    const { content } = await stage.store().read(runbook.html.key);
    const { sha256 } = await stage.store().stat(runbook.html.key);
    const spoilt = Buffer.from(content);
    spoilt[1000]! ^= 1;
    await stage.store().put(runbook.html.key, spoilt, { sha256: sha256! });
    const found = await stage.hubkeep('verify', id, '--deep', '--json');
    expect([found.code, found.json().findings.map(({ blob }: { blob: string }) => blob)]).toEqual([1, [runbook.html.key]]);
    await stage.store().remove(runbook.html.key);
    expect((await stage.hubkeep('verify', id, '--json')).json().findings).toMatchObject([{ blob: runbook.html.key }]);
    await stage.store().put(runbook.html.key, content, { sha256: sha256! });
    expect((await stage.hubkeep('verify', id, '--deep')).code).toBe(0);
  });

  test('takes other targets', async () => {
    const runbook = (
      await stage.hubkeep('runbook', id, '--target-share', String.raw`\\fs9\w`, '--target-sql', 'sql9', '--json')
    ).json();
    expect(commandOf(runbook, 'restore-stamp').text).toContain(
      String.raw`-OverrideDatabaseServer 'sql9' -OverrideContentShare '\\fs9\w'`,
    );
  });

  test('goes to a file that is not there yet', async () => {
    const file = join(stage.work, 'runbooks', 'r.html');
    const written = await stage.hubkeep('runbook', id, '--format', 'html', '-o', file);
    expect([written.code, written.stdout]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
    const again = await stage.hubkeep('runbook', id, '-o', file);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('exists already')]);
  });

  test.each([
    [['20260101T000000Z-0000'], 1, 'there is no recovery point'],
    [['latest', '--format', 'pdf'], 2, 'pdf'],
    [[], 2, 'missing required argument'],
  ])('%j is refused', async (args, code, why) => {
    const answer = await stage.hubkeep('runbook', ...args);
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(why)]);
  });
});

describe('hubkeep kit', () => {
  const secret = 'c2VjcmV0LWtleS1vZi10aGUtYWNjb3VudA==';
  const settings = {
    BACKUP_STORAGE_URL: 'https://nowhere.blob.core.windows.net.invalid',
    BACKUP_STORAGE_SAS: `sv=2019-07-07&sig=${secret}`,
    BACKUP_STORAGE_CONNECTION_STRING: '',
    KEY_VAULT_URL: 'https://keys.vault.north.contoso.com',
    AZURE_CLIENT_ID: 'bbbbbbbb-0000-4000-8000-000000000002',
    AZURE_CLIENT_SECRET: secret,
  };

  test('tells where everything is, which points there are and what is set', async () => {
    const kit = (await stage.hubkeep('kit', '--json')).json();
    expect(runbookSchema.parse(kit)).toEqual(kit);
    expect(kit.kind).toBe('kit');
    expect(Object.keys(noticesIn(kit))).toEqual(['on-this-machine']);
    const tables = kit.sections.flatMap((section: (typeof kit.sections)[0]) =>
      section.steps[0].items.filter(({ type }: { type: string }) => type === 'table'),
    );
    const cells = tables.map(({ rows }: { rows: never[][] }) => rows.map((row) => row.slice(0, 2).map(plainText)));
    expect(cells[0]).toEqual([[id, expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)]]);
    expect(cells[1]).toContainEqual(['FILE_SHARE_PATH', stage.share]);
    expect(cells[1]).toContainEqual(['BACKUP_STORAGE_CONNECTION_STRING', 'secret: kept at ']);
  });

  test('works where the store does not answer, says so, and holds no secret', async () => {
    const file = join(stage.work, 'kit.env');
    writeFileSync(
      file,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    for (const format of ['md', 'html', 'json']) {
      const { code, stdout, stderr } = await run({}, ['kit', '--format', format, '--env-file', file]);
      expect(code).toBe(0);
      expect(stderr).toContain('the store was not reached');
      expect(stdout).toContain('The store was not reached when this sheet was made');
      expect(stdout).toContain(settings.BACKUP_STORAGE_URL);
      expect(stdout).toContain(settings.AZURE_CLIENT_ID);
      expect(stdout).toContain('may-not-survive-the-stamp');
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test('needs settings', async () => {
    const { code, stderr } = await run({}, ['kit']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('BACKUP_STORAGE')]);
  });
});
