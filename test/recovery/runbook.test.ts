import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookSchema } from '../../src/contracts/runbook';
import { restoreShareScript } from '../../src/recovery/runbook/restore-share-script';
import { stampDomainOf, survivalOf } from '../../src/recovery/runbook/survival';
import { anyPlace, runbooksIn } from '../support/runbooks';
import { commandOf, commandsIn, databaseNamed, noticesIn, plainText, pointWith, shareRecord } from './runbook-stage';

const runbooks = runbooksIn();
const idsOf = (...[point, options]: Parameters<typeof runbooks.of>) =>
  commandsIn(runbooks.of(point, options)).map(({ id }) => id);

test('the document has the shape it says, ids of commands are unique, and it is the same whenever it is made', () => {
  const runbook = runbooks.of(pointWith());
  expect(runbookSchema.parse(runbook)).toEqual(runbook);
  const ids = idsOf(pointWith());
  expect(new Set(ids).size).toBe(ids.length);
  expect(runbooksIn().stored(pointWith())).toEqual(runbooks.stored(pointWith()));
});

test('nothing is restored before it is proven, and the order is that of the recovery page', () => {
  expect(runbooks.of(pointWith()).sections.map(({ id }) => id)).toEqual([
    ...['prove', 'prepare', 'databases', 'fileshare', 'secrets', 'controllers'],
    ...['function-apps', 'afterwards', 'clean-up', 'unknown'],
  ]);
  const ids = idsOf(pointWith());
  expect(ids.indexOf('verify-deep')).toBeLessThan(ids.indexOf('restore-1'));
  expect(ids.indexOf('check-1')).toBeLessThan(ids.indexOf('restore-1'));
});

test('sqlcmd fails when a statement does, and has no password on its command line', () => {
  const lines = commandsIn(runbooks.of(pointWith())).flatMap(({ text }) => text.split('\n'));
  const sqlcmd = lines.filter((line) => line.startsWith('sqlcmd '));
  expect(sqlcmd.length).toBeGreaterThan(4);
  for (const line of sqlcmd)
    expect(line).toMatch(/^sqlcmd -b -x -f 65001 -S 'sql1\.contoso\.local,1433' -U \$sqlAdmin -i [\w-]+\.sql$/);
});

test('a database in several files is restored from all of them, to the files it had', () => {
  const files = ['x.bak', 'x.bak.01', 'x.bak.02'].map((name) => ({
    key: `databases/r/s/${name}`,
    size: 1,
    sha256: 'cd'.repeat(32),
  }));
  const items = [{ status: 'succeeded' as const, ...databaseNamed('appservice_hosting', { files }) }];
  const { text } = commandOf(runbooks.of(pointWith({ databases: { status: 'succeeded', items } })), 'restore-1');
  expect(text.match(/DISK = N'C:\\HubkeepRestore\\[\w.-]+\\appservice_hosting(\.0[23])?\.bak'/g)).toHaveLength(3);
  expect(text).toContain(String.raw`MOVE N'appservice_hosting' TO N'D:\Data\hosting.mdf'`);
  expect(text).toContain('WITH REPLACE,');
});

test('an availability group is left and joined again where the record shows one, and not otherwise', () => {
  expect(idsOf(pointWith()).filter((id) => /^(leave|join|drop|prepare)-/.test(id))).toEqual([]);
  const items = [{ status: 'succeeded' as const, ...databaseNamed('appservice_hosting', { group: 'ag]1' }) }];
  const runbook = runbooks.of(pointWith({ databases: { status: 'succeeded', items } }));
  const ids = commandsIn(runbook).map(({ id }) => id);
  expect(['leave-1', 'restore-1', 'drop-1', 'prepare-1', 'join-1'].map((id) => ids.indexOf(id))).toEqual(
    ['leave-1', 'restore-1', 'drop-1', 'prepare-1', 'join-1'].map((id) => ids.indexOf(id)).toSorted((a, b) => a - b),
  );
  expect(commandOf(runbook, 'leave-1').text).toBe('ALTER AVAILABILITY GROUP [ag]]1] REMOVE DATABASE [appservice_hosting];');
  expect(commandOf(runbook, 'run-restore-1').text).toContain("-S '<primary replica of ag]1>'");
});

test('master is read under another name and never restored over that of a server', () => {
  const items = ['appservice_hosting', 'master'].map((name) => ({ status: 'succeeded' as const, ...databaseNamed(name) }));
  const runbook = runbooks.of(pointWith({ databases: { status: 'succeeded', items } }));
  const restores = commandsIn(runbook).filter(({ text }) => text.startsWith('RESTORE DATABASE'));
  expect(restores.map(({ text }) => text.split('\n')[0])).toEqual([
    'RESTORE DATABASE [appservice_hosting]',
    'RESTORE DATABASE [master-1-from-hubkeep]',
  ]);
  expect(restores[1]?.text).not.toContain('REPLACE');
});

test('users with a login of the server are named', () => {
  const users = {
    count: 2,
    first: [
      { name: 'web', authentication: 'DATABASE' },
      { name: 'old-login', authentication: 'INSTANCE' },
    ],
  };
  const { databaseFacts: facts } = databaseNamed('x');
  const items = [{ status: 'succeeded' as const, ...databaseNamed('x', { databaseFacts: { ...facts!, users } }) }];
  const point = pointWith({ databases: { status: 'succeeded', items } });
  expect(idsOf(point)).toContain('orphans-1');
  expect(runbooks.stored(point).md).toContain('`old-login`');
  expect(idsOf(pointWith())).not.toContain('orphans-1');
});

describe('overrides', () => {
  const stampCommand = (targets: { sqlServer?: string; share?: string }) =>
    commandOf(runbooks.of(pointWith(), { targets }), 'restore-stamp').text;
  const bare = String.raw`Restore-AppServiceStamp -FilePath C:\HubkeepSecrets\SystemSecrets.JSON`;

  test('are given only where server or share are others than before', () => {
    expect(stampCommand({})).toBe(bare);
    expect(stampCommand({ sqlServer: 'SQL1.contoso.local', share: String.raw`\\FS01.contoso.local\websites` + '\\' })).toBe(bare);
    expect(stampCommand({ sqlServer: 'sql9:1444' })).toBe(`${bare} -OverrideDatabaseServer 'sql9,1444'`);
    expect(stampCommand({ share: String.raw`\\fs9\w` })).toBe(String.raw`${bare} -OverrideContentShare '\\fs9\w'`);
  });

  test('are used by the other commands too', () => {
    const runbook = runbooks.of(pointWith(), { targets: { sqlServer: 'sql9', share: String.raw`\\fs9\w` } });
    expect(commandOf(runbook, 'run-restore-1').text).toContain("-S 'sql9' ");
    expect(commandOf(runbook, 'copy-share').text).toContain(String.raw`$destination = '\\fs9\w'`);
  });
});

test('a mounted path is no address of the share', () => {
  const runbook = runbooks.of(pointWith({ fileshare: shareRecord({ source: '/mnt/websites' }) }));
  expect(commandOf(runbook, 'copy-share').text).toContain(String.raw`$destination = '\\<file server>\WebSites'`);
});

describe('warnings', () => {
  test('a whole and fresh point in public Azure has none', () => {
    expect(runbooks.of(pointWith()).warnings).toEqual([]);
  });

  test('name what failed, what is missing and what is doubtful', () => {
    const problem = { code: 'sql.unreachable', message: 'no answer' } as const;
    const { databaseFacts: facts } = databaseNamed('x');
    const encrypted = databaseNamed('appservice_hosting', { databaseFacts: { ...facts!, encrypted: true } });
    const items = [
      { status: 'succeeded' as const, ...encrypted },
      { status: 'failed' as const, server: 'sql1', database: 'appservice_metering', problem },
    ];
    const counts = { ...shareRecord().counts, failed: 3, stale: 1, excluded: 2 };
    const { secrets: _, ...rest } = pointWith({
      databases: { status: 'partial', items },
      fileshare: shareRecord({ counts, excludes: ['**/*.tmp'] }),
      skewSeconds: 4000,
    });
    const notices = noticesIn(runbooks.of(rest));
    expect(Object.keys(notices)).toEqual([
      ...['component-missing', 'database-missing', 'database-encrypted'],
      ...['files-failed', 'files-stale', 'files-excluded', 'skew'],
    ]);
    expect(notices['component-missing']).toContain('without secrets');
    expect(notices['database-missing']).toBe('appservice_metering on sql1 is not in this point: no answer');
    expect(notices['files-failed']).toContain('3 entries');
  });

  test('tell of secrets that are old or rotated, and repeat what the run warned of', () => {
    const { secrets } = pointWith();
    if (secrets?.status !== 'succeeded') throw new Error('there are none');
    const problem = { code: 'secrets.rotated', message: 'rotated since' } as const;
    const point = pointWith({
      secrets: { ...secrets, capturedAt: '2026-08-01T00:00:00Z', problem },
      warnings: [{ code: 'secrets.stale', message: 'older than 90 days' }],
    });
    expect(noticesIn(runbooks.of(point))).toEqual({
      'secrets.rotated': 'SystemSecrets.JSON may not be enough: rotated since',
      'secrets-age': expect.stringContaining('113 days old'),
      'secrets.stale': 'older than 90 days',
    });
  });

  test('have the marks of a point when it is rendered on demand', () => {
    const marks = [
      { kind: 'hold', at: '2026-11-23T00:00:00Z', reason: 'hosting is damaged' },
      { kind: 'suspect', at: '2026-11-24T00:00:00Z' },
      { kind: 'verified', at: '2026-11-24T00:00:00Z' },
    ];
    expect(Object.keys(noticesIn(runbooks.of(pointWith(), { marks })))).toEqual(['marked-hold', 'marked-suspect']);
    expect(runbooks.stored(pointWith()).md).toContain('written when the point was made');
    expect(runbooks.render(runbooks.of(pointWith(), { marks: [] }), 'md')).not.toContain('written when the point was made');
  });

  test('tell where the store or the vault dies with the stamp', () => {
    const domain = 'north.azurestack.contoso.com';
    const place = { ...anyPlace, store: `https://b.blob.${domain}/hubkeep`, stampDomain: domain };
    expect(noticesIn(runbooksIn(place).of(pointWith()))).toMatchObject({
      'does-not-survive-the-stamp': expect.stringContaining('The store'),
    });
  });
});

test.each([
  ['https://b.blob.north.azurestack.contoso.com', 'north.azurestack.contoso.com', 'dies-with-stamp'],
  ['https://b.blob.south.azurestack.contoso.com', 'north.azurestack.contoso.com', 'elsewhere'],
  ['https://b.blob.north.azurestack.contoso.com', undefined, 'on-a-stamp'],
  ['https://k.adminvault.north.azurestack.contoso.com', undefined, 'on-a-stamp'],
  ['https://b.blob.core.windows.net/hubkeep', undefined, 'elsewhere'],
  ['https://k.vault.azure.net', undefined, 'elsewhere'],
  ['http://127.0.0.1:10000/devstoreaccount1/hubkeep', undefined, 'on-this-machine'],
  ['no address', undefined, 'elsewhere'],
])('%s, of a stamp at %s, is %s', (address, domain, survival) => {
  expect(survivalOf(address, domain)).toBe(survival);
});

test('the domain of the stamp is that of its admin API', () => {
  expect(stampDomainOf('https://adminmanagement.north.contoso.com/subscriptions/x')).toBe('north.contoso.com');
  expect(stampDomainOf('https://proxy.contoso.com/subscriptions/x')).toBeUndefined();
});

test('the script for the share is that of the page without Hubkeep', () => {
  const page = readFileSync(join(__dirname, '../../../docs/restore-without-hubkeep.md'), 'utf8');
  expect(/^```python restore-share\.py\n([^]*?)^```$/m.exec(page)?.[1]).toBe(restoreShareScript);
});

test('a record that names no secret of a vault has a warning in place of a command', () => {
  const { secrets } = pointWith();
  if (secrets?.status !== 'succeeded') throw new Error('there are none');
  const runbook = runbooks.of(pointWith({ secrets: { ...secrets, version: '$(calc)' } }));
  expect(commandsIn(runbook).map(({ id }) => id)).not.toContain('fetch-secrets');
  const section = runbook.sections.find(({ id }) => id === 'secrets');
  const said = section?.steps.flatMap(({ items }) =>
    items.flatMap((item) => ('text' in item && typeof item.text !== 'string' ? [plainText(item.text)] : [])),
  );
  expect(said?.join('\n')).toContain('does not name a secret as Key Vault has them');
});
