import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasSamba } from '../../sandbox/samba/start-samba';
import { openStage, type Hubkeep, type Stage } from './stage';
import { differences } from './trees';

let stage: Stage;
let hubkeep: Hubkeep;

/** A plan of Azure that can mount nothing. */
const serverless = { WEBSITE_SKU: 'FlexConsumption', FILE_SHARE_REQUIRE_ENCRYPTION: 'true' };
/** Samba shows links, and names that Windows forbids, as something else. */
const withoutOdd = { ...serverless, FILE_SHARE_EXCLUDE: 'odd/**' };

const check = hasSamba ? test : test.skip;

beforeAll(async () => {
  if (!hasSamba) return;
  stage = await openStage({ files: 600, smb: true });
  hubkeep = stage.inContainer('smb');
});
afterAll(() => stage?.close());

check('a host that can mount nothing backs up a whole stamp, and leaves nothing on the server', async () => {
  // Each server may have its own share.
  const directory = stage.sandbox.settings['SQL_BACKUP_DIRECTORY_LOCAL']?.replace('127.0.0.1', '{server}');
  const backup = await hubkeep.json(['backup'], { ...withoutOdd, SQL_BACKUP_DIRECTORY_LOCAL: directory ?? '' });
  expect(backup).toMatchObject({ code: 0, document: { status: 'complete', problems: [], warnings: [] } });
  expect(readdirSync(stage.sandbox.sqlDirectory)).toEqual([]);
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

check('a file that the server does not remove is a warning of the run', async () => {
  const half = 'hubkeep-20200101T020000Z-dead-master-0000aaaa.bak';
  writeFileSync(join(stage.sandbox.sqlDirectory, half), 'half');
  const backup = await hubkeep.json(['backup', '--components', 'databases'], serverless);
  expect(backup).toMatchObject({ code: 0, document: { status: 'complete' } });
  expect(JSON.stringify(backup.document.warnings)).toContain(half);
  expect(readdirSync(stage.sandbox.sqlDirectory)).toEqual([half]);
});

check('nothing is restored to a server through a directory that is only read, and the message says so', async () => {
  const target = stage.sandbox.settings['SQL_SERVERS'] ?? '';
  const restored = await hubkeep.run(['restore', 'latest', '--to-server', target, '--as-prefix', 'copy_'], serverless);
  expect(restored.code).not.toBe(0);
  expect(restored.stderr).toContain('SQL_BACKUP_DIRECTORY_LOCAL is an smb:// URL, which is only read');
});
