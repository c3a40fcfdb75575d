import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { keysIn, openStage, type Hubkeep, type Stage } from './stage';

let stage: Stage;
let hubkeep: Hubkeep;
let scratch: string;
beforeAll(async () => {
  stage = await openStage({ files: 60 });
  hubkeep = stage.inContainer('rehearsed');
  scratch = stage.path('scratch');
  expect((await hubkeep.run(['backup'])).code).toBe(0);
});
afterAll(() => stage.close());

const drill = (settings: Record<string, string> = {}, ...args: string[]) =>
  hubkeep.json(['drill', ...args], { DRILL_SCRATCH_DIRECTORY: scratch, ...settings });
const marks = async () => (await hubkeep.json(['show', 'latest'])).document.marks as { kind: string; reason?: string }[];

test('a drill verifies, restores and compares, leaves nothing behind and marks the point', async () => {
  const { code, document } = await drill();
  expect(code).toBe(0);
  const { fileshare, id } = (await hubkeep.json(['show', 'latest'])).document;
  expect(document).toMatchObject({
    status: 'succeeded',
    recoveryPoint: id,
    verification: { deep: true, sample: 0.05, secrets: 1, findings: [] },
    share: { status: 'succeeded', wrongFiles: 0, tooLarge: 0, next: null },
    databases: { status: 'not-configured' },
    recoveryTime: { databasesSeconds: null },
    problems: [],
  });
  expect(document.share.files).toBe(fileshare.counts.files);
  expect(document.share.bytes).toBe(fileshare.counts.bytes);
  expect(readdirSync(scratch)).toEqual([]);
  expect(await keysIn(hubkeep.store, 'drills/')).toEqual([`drills/${document.id}.json`]);
  expect((await marks()).map(({ kind }) => kind)).toEqual(['verified', 'drill']);
  expect((await hubkeep.run(['list'])).stdout).toContain('verified,drill');
});

test('where a server is configured for it, the databases are restored there, checked and dropped', async () => {
  const { code, document } = await drill({ DRILL_SQL_SERVER: stage.sandbox.settings['SQL_SERVERS'] ?? '' });
  expect({ code, status: document.databases.status }).toEqual({ code: 0, status: 'passed' });
  expect(document.databases.databases.map(({ database, outcome }: Record<string, string>) => [database, outcome])).toEqual([
    ['appservice_hosting', 'passed'],
    ['appservice_metering', 'passed'],
  ]);
  expect(stage.sandbox.sql.databases.list().map(({ name }) => name)).not.toContainEqual(
    expect.stringContaining('hubkeep_drill_'),
  );
  expect(document.recoveryTime.databasesSeconds).not.toBeNull();
});

test('a vault that does not answer says nothing against the point', async () => {
  const { code, document } = await drill({ KEY_VAULT_URL: 'https://localhost:1' });
  expect(code).toBe(1);
  expect(document).toMatchObject({ status: 'incomplete', problems: [{ code: 'secrets.unreadable' }] });
  expect((await marks()).some(({ kind }) => kind === 'suspect')).toBe(false);
});

test('what no restore needs is told by verification and fails no drill', async () => {
  const id = (await hubkeep.json(['show', 'latest'])).document.id as string;
  const key = `recovery-points/${id}/runbook.md`;
  const { content } = await hubkeep.store.read(key);
  const { sha256 = '' } = await hubkeep.store.stat(key);
  await hubkeep.store.remove(key);
  const { code, document } = await drill();
  expect({ code, document }).toMatchObject({
    code: 0,
    document: { status: 'succeeded', verification: { findings: [{ blob: key }] } },
  });
  await hubkeep.store.put(key, content, { sha256 });
});

test('a newer point that holds a part is not what a drill takes, and a drill of it that can restore nothing is none', async () => {
  const other = stage.inContainer('parts');
  const whole = (await other.json(['backup'])).document.recoveryPoint as string;
  const part = (await other.json(['backup', '--components', 'secrets'])).document.recoveryPoint as string;
  const settings = { DRILL_SCRATCH_DIRECTORY: scratch };
  expect((await other.json(['drill'], settings)).document).toMatchObject({ status: 'succeeded', recoveryPoint: whole });
  expect(await other.json(['drill', part], settings)).toMatchObject({
    code: 1,
    document: { status: 'incomplete', problems: [{ code: 'drill.nothing' }] },
  });
});

test('a scratch directory that cannot be written to is told, and says nothing against the point', async () => {
  mkdirSync(stage.path('taken'));
  const file = `${stage.path('taken')}/file`;
  writeFileSync(file, '');
  const { code, document } = await drill({ DRILL_SCRATCH_DIRECTORY: file });
  expect(code).toBe(1);
  expect(document).toMatchObject({ status: 'incomplete', problems: [{ code: 'drill.no-scratch' }] });
  expect(document.problems[0].hint).toContain('DRILL_SCRATCH_DIRECTORY');
  expect((await marks()).some(({ kind }) => kind === 'suspect')).toBe(false);
});

test('a point that cannot be restored is suspect until it stands a drill, and the operator is told', async () => {
  const told: string[] = [];
  const webhook = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const { port } = webhook.address() as AddressInfo;
  const [pack = ''] = await keysIn(hubkeep.store, 'packs/');
  const { content } = await hubkeep.store.read(pack);
  const { sha256 } = await hubkeep.store.stat(pack);
  const id = (await hubkeep.json(['show', 'latest'])).document.id as string;
  const spoilt = Buffer.from(content);
  spoilt[spoilt.length >> 1]! ^= 1;
  const options = sha256 === undefined ? {} : { sha256 };
  await hubkeep.store.put(pack, spoilt, options);
  const failed = await drill({ NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${port}/hook` }, '--sample', '100%');
  webhook.close();
  expect(failed).toMatchObject({ code: 1, document: { status: 'failed', recoveryPoint: id } });
  expect(failed.document.problems.map(({ code }: { code: string }) => code)).toEqual(['drill.findings', 'format.damaged']);
  expect(JSON.parse(told[0] ?? '{}')).toMatchObject({ stamp: 'sandbox', drill: { status: 'failed', recoveryPoint: id } });
  expect((await hubkeep.run(['show', 'latest'])).stderr).toContain('every recovery point is marked suspect');

  const refused = await hubkeep.run(['restore', id, '--fileshare', stage.path('refused')]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--skip-damaged') });
  const most = await hubkeep.json(['restore', id, '--fileshare', stage.path('most'), '--skip-damaged']);
  const { count, entries } = most.document.fileshare.merged.notRestored;
  expect([most.code, count > 0]).toEqual([3, true]);
  expect(most.document.fileshare.files + count).toBe((await hubkeep.json(['show', id])).document.fileshare.counts.files);
  expect(entries[0]).toMatchObject({ why: 'its content is damaged or gone in the store' });

  // Nothing builds on what is known to be damaged: all is stored anew.
  const anew = (await hubkeep.json(['backup'])).document.recoveryPoint as string;
  expect((await hubkeep.json(['show', anew])).document.fileshare.counts).toMatchObject({ unchanged: 0 });
  expect((await hubkeep.run(['restore', 'latest', '--fileshare', stage.path('whole')])).code).toBe(0);

  await hubkeep.store.put(pack, content, options);
  expect(await drill({}, id)).toMatchObject({ code: 0, document: { status: 'succeeded' } });
  // A sample does not take back what a reading of all had found.
  const isSuspect = async () => /suspect/.test((await hubkeep.run(['list'])).stdout);
  expect(await isSuspect()).toBe(true);
  expect((await hubkeep.run(['verify', id, '--deep'])).code).toBe(0);
  expect(await isSuspect()).toBe(false);
});

test.each([
  [['--sample', '0%'], 'no share of the bytes'],
  [['--sample', 'half'], 'no share of the bytes'],
  [['20200101T000000Z-0000'], 'there is no recovery point 20200101T000000Z-0000'],
])('%j is refused before anything is read', async (args, message) => {
  const { code, stderr } = await hubkeep.run(['drill', ...args]);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(message);
});
