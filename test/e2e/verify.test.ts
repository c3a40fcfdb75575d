import { openStage, type Hubkeep, type Stage } from './stage';

let stage: Stage;
let hubkeep: Hubkeep;
beforeAll(async () => {
  stage = await openStage({ files: 20 });
  hubkeep = stage.inContainer('verified');
  expect((await hubkeep.run(['backup'])).code).toBe(0);
});
afterAll(() => stage.close());

test('databases are looked into and the vault is asked, without reading all', async () => {
  const { code, document } = await hubkeep.json(['verify']);
  expect({ code, document }).toMatchObject({ code: 0, document: { secrets: 1, findings: [] } });
});

test('a description inside of a backup that was changed is found without reading all of it', async () => {
  const point = (await hubkeep.json(['show', 'latest'])).document;
  const key = point.databases.items[0].files[0].key as string;
  const { content } = await hubkeep.store.read(key);
  const { sha256 } = await hubkeep.store.stat(key);
  const spoilt = Buffer.from(content);
  spoilt[20]! ^= 1;
  await hubkeep.store.put(key, spoilt, sha256 === undefined ? {} : { sha256 });
  const { code, document } = await hubkeep.json(['verify']);
  expect({ code, document }).toMatchObject({
    code: 1,
    document: { findings: [{ code: 'bak.damaged', blob: key, points: [point.id] }] },
  });
  await hubkeep.store.put(key, content, sha256 === undefined ? {} : { sha256 });
});

test('a vault that does not give the version back is found', async () => {
  stage.sandbox.vaultFaults.forbid('get', 1);
  const refused = await hubkeep.json(['verify']);
  expect(refused).toMatchObject({ code: 1, document: { findings: [{ code: 'secrets.unreadable' }] } });
  expect(refused.document.findings[0].message).toContain('does not allow to get');
});
