import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSqlServer } from '../../sandbox/sql-server/start-sql-server';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('a database is backed up in as many files as SQL_BACKUP_STRIPES says, verified and restored', async () => {
  const directory = join(stage.work, 'backup');
  mkdirSync(directory);
  const logins = [{ name: 'sa', password: 'a-password' }];
  const server = await startSqlServer({ directory, logins, databases: [{ name: 'hosting', size: 3 * 1024 * 1024 }] });
  try {
    const settings = {
      BACKUP_COMPONENTS: 'databases',
      SQL_SERVERS: `127.0.0.1:${server.port}`,
      SQL_USER: 'sa',
      SQL_PASSWORD: 'a-password',
      SQL_ENCRYPT: 'false',
      SQL_DATABASES: 'hosting',
      SQL_BACKUP_DIRECTORY: directory,
      SQL_BACKUP_STRIPES: '3',
    };
    const backup = await stage.hubkeepWith(settings, 'backup', '--json');
    expect([backup.code, backup.stderr]).toEqual([0, expect.not.stringContaining('warning')]);
    expect(readdirSync(directory)).toEqual([]);
    expect((await stage.hubkeep('show', 'latest')).stdout).toContain('/hosting.bak and 2 more stripes');
    const point = (await stage.hubkeep('show', 'latest', '--json')).json();
    const [item] = point.databases.items;
    expect(item.files.map(({ key }: { key: string }) => key.replace(/.*\//, ''))).toEqual([
      'hosting.bak',
      'hosting.bak.01',
      'hosting.bak.02',
    ]);
    expect(item.serverFacts.containedAuthentication).toBe(true);
    expect((await stage.hubkeep('verify', 'latest', '--deep')).code).toBe(0);
    const to = join(stage.work, 'restored');
    expect((await stage.hubkeep('restore', 'latest', '--databases', to)).code).toBe(0);
    const files = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) => /bak/.test(name));
    expect(files).toHaveLength(3);
  } finally {
    await server.close();
  }
});
