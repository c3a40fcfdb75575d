import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { startAzurite } from '../../sandbox/azurite';
import { createAvailabilityGroup } from '../../sandbox/sql-server/engine/availability-group';
import { removedByServer } from '../../src/databases/removed-by-server';
import { createDatabaseRoutes } from '../../src/databases/routing/route-databases';
import { everyGrant, everyStatementByHand } from '../../src/databases/by-hand/every-statement';
import { everyRestoreStatement, everyStatement } from '../../src/databases/every-statement';
import type { SqlServer } from '../../src/ports/sql-server';
import { createDatabaseDrill } from '../../src/databases/drill-databases';
import { scriptedFaults } from '../../sandbox/sql-server/scripted-faults';
import type { SqlServerOptions } from '../../sandbox/sql-server/start-sql-server';
import { createRestoreBench, hosting, metering, pointOf } from './restore/restore-support';
import { createSandbox, errorOf, login, type Sandbox } from '../sandbox/sql-server/support';
import { createBench, runId, type Bench } from './support';
import { createUrlBench } from './url-support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

const sources = join(__dirname, '../../../src');
const homes = ['', 'routing/', 'by-hand/', 'restore/', 'drill/'].map((folder) => `databases/${folder}statements.ts`);

/** What T-SQL looks like, in capitals as we write it; a word of it in a message is not enough. */
const sqlPattern = new RegExp(
  [
    String.raw`SELECT\s[^]*\b(FROM|AS)\s`,
    String.raw`SELECT\s+(@@|[A-Z_]+\()`,
    String.raw`BACKUP\s+(DATABASE|LOG)\s+\S+\s+TO\s+(DISK|URL)`,
    String.raw`RESTORE\s+[A-Z]+\s+(\S+\s+)?FROM\s`,
    String.raw`(DECLARE|SET)\s+@`,
    String.raw`EXEC(UTE)?\s+(@|sp_|xp_|\w+\.)`,
    String.raw`GRANT\s+[A-Z ]+\s(TO|ON)\s`,
    String.raw`(CREATE|ALTER|DROP)\s+(AVAILABILITY GROUP|DATABASE|LOGIN|USER|CREDENTIAL|TABLE|ROLE)\s+\S`,
    String.raw`(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET|TRUNCATE\s+TABLE|DBCC\s+[A-Z]+|KILL\s+\S)`,
    String.raw`HAS_PERMS_BY_NAME|SERVERPROPERTY|sp_getapplock`,
  ].join('|'),
);

/** Every text in a file, with a word in place of what is put into it; comments are not texts. */
function textsOf(file: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => `x${literal.text}`)].join(''));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return texts;
}

test('T-SQL stands in the files that are there for it', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !homes.includes(file));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    textsOf(join(sources, file)).flatMap((text) => (sqlPattern.test(text) ? [[file, text]] : [])),
  );
  expect(found).toEqual([]);
});

test('the search for T-SQL would find each statement there is', () => {
  const listed = [...everyStatement(), ...everyRestoreStatement(), ...everyGrant('hubkeep'), ...everyStatementByHand()];
  for (const { statement } of listed) expect(statement).toMatch(sqlPattern);
  const texts = homes.flatMap((home) => textsOf(join(sources, home)));
  expect(texts.filter((text) => sqlPattern.test(text)).length).toBeGreaterThan(18);
});

/** Leaves of a statement what it is, without the names and numbers of one backup. */
function shapeOf(statement: string): string {
  return statement
    .replace(/N?'(?:[^']|'')*'/g, "''")
    .replace(/\[(?:[^\]]|\]\])*\]/g, '[]')
    .replace(/^KILL \d+$/, 'KILL 0')
    .replace(/(MOVE '' TO ''(?:, )?)+/g, 'MOVE ')
    .replace(/((DISK|URL) = ''(?:, )?)+/g, "$2 = '' ");
}

/** The real client, noting what it sends. */
function noting(sql: SqlServer, sent: Set<string>): SqlServer {
  return {
    async connect(server, options) {
      const session = await sql.connect(server, options);
      return {
        ...session,
        query: (statement, parameters) => session.query(statement, noted(statement, parameters)),
        execute: (statement, options) => session.execute(statement, (noted(statement), options)),
      };
    },
  };
  function noted<T>(statement: string, passed?: T): T | undefined {
    sent.add(shapeOf(statement));
    return passed;
  }
}

test('what backups send is what is listed, and all of it', async () => {
  const sent = new Set<string>();
  const start = async (options: Parameters<typeof createBench>[1], changes: Parameters<typeof createBench>[2] = {}) => {
    const plain = await createBench(sandbox, options, changes);
    return createBench(sandbox, options, { ...changes, sql: noting(plain.parts.sql, sent) });
  };
  const backUp = (bench: Bench) => bench.databases.backUp({ runId, server: bench.address, database: 'hosting' });
  const databases = [{ name: 'hosting' }];
  const availabilityGroup = await createAvailabilityGroup({ databases: ['hosting'] });
  sandbox.defer(() => availabilityGroup.close());
  const { address, parts } = await start({ databases, availabilityGroup });
  await createDatabaseRoutes({ ...parts, servers: [address], databases: ['hosting'] }).route({ runId });
  const striped = await start({ databases, backupMs: 300 }, { stripes: 3 });
  const { staging } = await backUp(striped);
  await removedByServer(striped.parts.staging, { ...striped.parts, stallMs: 60_000 }).remove(striped.address, staging);
  const operator = { ...login, serverPermissions: ['CREATE ANY DATABASE'], databaseRoles: { hosting: ['db_owner'] } };
  await backUp(await start({ databases, edition: 'Express', logins: [operator] }));
  await backUp(await start({ databases: [{ name: 'hosting', encrypted: true }], version: '15.0.4033.1' }));
  const forgetful = await start({ databases });
  forgetful.server.history.unwritable = true;
  await backUp(forgetful);
  const azurite = await startAzurite({ directory: join(sandbox.directory, 'azurite') });
  sandbox.defer(() => azurite.close());
  const byUrl = await createUrlBench(sandbox, azurite, { server: { databases }, sql: noting(parts.sql, sent), stripes: 2 });
  const there = { runId, server: byUrl.address, database: 'hosting' };
  await byUrl.credentials.create(there);
  await byUrl.credentials.create(there);
  byUrl.server.history.unwritable = true;
  await byUrl.databases.backUp(there);
  await byUrl.credentials.drop(there);
  const dropped = await start({ databases, faults: [{ match: 'BACKUP DATABASE', atPercent: 40, drop: 'abort' }] });
  expect(await errorOf(backUp(dropped))).toMatchObject({ code: 'sql.connection-lost' });
  const orphaned = await start(
    { databases, backupMs: 5000, faults: [{ match: 'BACKUP DATABASE', drop: 'continue' }] },
    { timeoutMs: 300 },
  );
  expect(await errorOf(backUp(orphaned))).toMatchObject({ code: 'sql.timed-out' });
  expect([...sent].sort()).toEqual([...new Set(everyStatement().map(({ statement }) => shapeOf(statement)))].sort());
});

test('what restores and drills send beside is what is listed, and all of it', async () => {
  const sent = new Set<string>();
  const target: Partial<SqlServerOptions> = { databases: [metering] };
  const bench = await createRestoreBench(sandbox);
  const backups = [await bench.backUp(), await bench.backUp(metering.name)];
  const sql = noting(bench.parts.sql, sent);
  const plain = await createRestoreBench(sandbox, { target, parts: { sql, store: bench.parts.store } });
  const plan = await plain.plan(backups, { replace: true });
  for (const item of plan.items) await plain.restores.restore({ plan, item, control: {} });
  await createDatabaseDrill({ ...plain.parts, restores: plain.restores, server: plain.address })(pointOf(backups));
  plain.target.faults.add(scriptedFaults['restore breaks off']);
  expect(await errorOf(plain.restore(backups, { replace: true }))).toMatchObject({ code: 'sql.restore-failed' });
  const group = await createAvailabilityGroup({ databases: [hosting.name] });
  sandbox.defer(() => group.close());
  const grouped = await createRestoreBench(sandbox, {
    target: { databases: [hosting], availabilityGroup: group },
    parts: { sql, store: bench.parts.store },
  });
  expect(await errorOf(grouped.plan(backups.slice(0, 1)))).toMatchObject({ code: 'restore.database-in-group' });
  const ofBackups = new Set(everyStatement().map(({ statement }) => shapeOf(statement)));
  const beside = [...sent].filter((statement) => !ofBackups.has(statement));
  // Blobs are restored from in a suite of their own.
  const listed = everyRestoreStatement().filter(({ name }) => !['restore-url', 'lent-credential'].includes(name));
  expect(beside.sort()).toEqual([...new Set(listed.map(({ statement }) => shapeOf(statement)))].sort());
});
