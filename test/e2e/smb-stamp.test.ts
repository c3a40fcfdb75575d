import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasSamba, startSmbServer, workgroup, type SmbServer } from '../../sandbox/samba/start-samba';
import { openStage, type Hubkeep, type Settings, type Stage } from './stage';
import { differences } from './trees';

let stage: Stage;
let files: SmbServer;
let hubkeep: Hubkeep;
let overSmb: Settings;

const check = hasSamba ? test : test.skip;

/** What a plan of Azure without drives would be told, and nothing that is mounted. */
function settingsOf({ port, user, password }: SmbServer, { sandbox }: Stage): Settings {
  const root = dirname(sandbox.share);
  const urlOf = (path: string) => `smb://127.0.0.1:${port}/files${path.slice(root.length)}`;
  return {
    WEBSITE_SKU: 'FlexConsumption',
    FILE_SHARE_SMB_URL: urlOf(sandbox.share),
    FILE_SHARE_USER: `${workgroup}\\${user}`,
    FILE_SHARE_PASSWORD: password,
    FILE_SHARE_REQUIRE_ENCRYPTION: 'true',
    // What no file server of Windows has, and Samba shows as something else: links, and names that Windows forbids.
    FILE_SHARE_EXCLUDE: 'odd/**',
    SQL_BACKUP_DIRECTORY_LOCAL: urlOf(sandbox.sqlDirectory),
  };
}

beforeAll(async () => {
  stage = await openStage({ files: 600 });
  if (!hasSamba) return;
  const root = dirname(stage.sandbox.share);
  for (const directory of [dirname(root), root]) chmodSync(directory, 0o755);
  files = await startSmbServer({ directory: root, global: ['server smb encrypt = required'] });
  overSmb = settingsOf(files, stage);
  const { envFile } = stage.sandbox;
  writeFileSync(envFile, readFileSync(envFile, 'utf8').replace(/^FILE_SHARE_PATH=.*\n/m, ''));
  hubkeep = stage.inContainer('smb');
});
afterAll(async () => {
  await files?.stop();
  await stage.close();
});

check('a host that can mount nothing backs up a whole stamp, and leaves nothing on the server', async () => {
  const backup = await hubkeep.json(['backup'], overSmb);
  expect(backup).toMatchObject({ code: 0, document: { status: 'complete', problems: [], warnings: [] } });
  expect(readdirSync(stage.sandbox.sqlDirectory)).toEqual([]);
  expect(backup.stdout + backup.stderr).not.toContain(files.password);
  const [share, databases] = [stage.path('share'), stage.path('databases')];
  expect(await hubkeep.run(['restore', 'latest', '--fileshare', share, '--databases', databases])).toMatchObject({ code: 0 });
  expect(differences(stage.sandbox.share, share).trim().split('\n')).toEqual([expect.stringMatching(/: odd$/)]);
  const written = readdirSync(stage.written).map((name) => readFileSync(join(stage.written, name)));
  const restored = readdirSync(databases, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.bak/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(restored).toHaveLength(3);
  for (const content of restored) expect(written.some((one) => one.equals(content))).toBe(true);
});

check('a file that the server does not remove is a warning of the run, and of the next ones', async () => {
  const half = 'hubkeep-20200101T020000Z-dead-master-0000aaaa.bak';
  writeFileSync(join(stage.sandbox.sqlDirectory, half), 'half');
  const backup = await hubkeep.json(['backup', '--components', 'databases'], overSmb);
  expect(backup).toMatchObject({ code: 0, document: { status: 'complete' } });
  expect(JSON.stringify(backup.document.warnings)).toContain(half);
  expect(readdirSync(stage.sandbox.sqlDirectory)).toEqual([half]);
});

check('nothing is restored to a server through a directory that is only read, and the message says so', async () => {
  const target = stage.sandbox.settings['SQL_SERVERS'] ?? '';
  const restored = await hubkeep.run(['restore', 'latest', '--to-server', target, '--as-prefix', 'copy_'], overSmb);
  expect(restored.code).not.toBe(0);
  expect(restored.stderr).toContain('SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL, which is only read');
});
