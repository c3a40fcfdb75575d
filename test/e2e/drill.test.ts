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

  await hubkeep.store.put(pack, content, options);
  expect(await drill({}, id)).toMatchObject({ code: 0, document: { status: 'succeeded' } });
  // A sample does not take back what a reading of all had found.
  expect((await hubkeep.run(['show', 'latest'])).code).toBe(1);
  expect((await hubkeep.run(['verify', id, '--deep'])).code).toBe(0);
  expect((await hubkeep.run(['show', 'latest'])).code).toBe(0);
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
