import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSqlServer, type RunningSqlServer } from '../../sandbox/sql-server/start-sql-server';
import { collect } from '../support/collect';
import { openStage, type Stage } from './stage';

let stage: Stage;
let server: RunningSqlServer;
let settings: Record<string, string>;

beforeAll(async () => {
  stage = await openStage();
  const directory = join(stage.work, 'backup');
  mkdirSync(directory);
  const logins = [{ name: 'sa', password: 'a-password' }];
  server = await startSqlServer({ directory, logins, databases: [{ name: 'hosting', size: 3 * 1024 * 1024 }] });
  settings = {
    BACKUP_COMPONENTS: 'databases',
    SQL_SERVERS: `127.0.0.1:${server.port}`,
    SQL_USER: 'sa',
    SQL_PASSWORD: 'a-password',
    SQL_ENCRYPT: 'false',
    SQL_DATABASES: 'hosting,master',
    SQL_BACKUP_MODE: 'url',
  };
});
afterAll(async () => {
  await server.close();
  await stage.close();
});

test('SQL Server writes to the container beside, and everything else knows where to find it', async () => {
  const backup = await stage.hubkeepWith(settings, 'backup', '--json');
  expect([backup.code, backup.stderr]).toEqual([0, expect.not.stringContaining('warning')]);
  const point = (await stage.hubkeep('show', 'latest', '--json')).json();
  const files = point.databases.items.flatMap((item: { files: unknown[] }) => item.files) as { key: string; container: string }[];
  expect(files.map(({ container }) => container)).toEqual(['hubkeep-sql', 'hubkeep-sql']);
  const beside = (await collect(stage.store('hubkeep-sql').list(''))).map(({ key }) => key);
  expect(beside).toEqual(files.map(({ key }) => key).sort());
  expect(await collect(stage.store().list('databases/'))).toEqual([]);

  for (const args of [
    ['verify'],
    ['verify', '--deep'],
    ['show', '--bak', files[0]?.key ?? ''],
    ['show', '--bak', `hubkeep-sql/${files[0]?.key}`],
  ])
    expect([args, (await stage.hubkeep(...args)).code]).toEqual([args, 0]);
  const to = join(stage.work, 'restored');
  expect((await stage.hubkeep('restore', 'latest', '--databases', to)).code).toBe(0);
  const [restored = ''] = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) => /hosting\.bak$/.test(name));
  const key = files.find((file) => file.key.endsWith('hosting.bak'))?.key ?? '';
  expect(readFileSync(join(to, restored)).equals((await stage.store('hubkeep-sql').read(key)).content)).toBe(true);
});

test('a flipped bit in what SQL Server wrote is found', async () => {
  const store = stage.store('hubkeep-sql');
  const [{ key = '' } = {}] = await collect(store.list(''));
  const { content } = await store.read(key);
  content[content.length >> 1]! ^= 1;
  await store.put(key, content);
  const { code, stdout } = await stage.hubkeep('verify', 'latest', '--deep', '--json');
  expect(code).toBe(1);
  expect(stdout).toContain(key);
});

test('a stamp that goes back to files keeps its earlier points', async () => {
  const directory = join(stage.work, 'backup');
  const disk = { ...settings, SQL_BACKUP_MODE: 'disk', SQL_BACKUP_DIRECTORY: directory };
  expect((await stage.hubkeepWith(disk, 'backup')).code).toBe(0);
  expect((await stage.hubkeepWith(settings, 'backup')).code).toBe(0);
  const ids = (await stage.hubkeep('list', '--json')).json().map(({ id }: { id: string }) => id);
  expect(ids).toHaveLength(3);
  for (const id of ids.slice(1)) expect((await stage.hubkeep('verify', id, '--deep')).code).toBe(0);
});
