import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasSamba } from '../../sandbox/samba/start-samba';
import { eventually, openStage, type Ended, type Hubkeep, type Settings, type Stage } from '../e2e/stage';
import { blobsOf } from './blobs-of';
import { heardBelow, heardIn, type Canary } from './canaries';

const wrong = 'canary-of-a-wrong-share-password';
const check = hasSamba ? test : test.skip;
const verbose = ['backup', '--components', 'fileshare', '--verbose'];

let stage: Stage;
let hubkeep: Hubkeep;
let canaries: readonly Canary[];
let temporary: string;
const said: { readonly args: string; readonly ended: Ended }[] = [];

beforeAll(async () => {
  if (!hasSamba) return;
  stage = await openStage({ files: 1500, smb: true });
  hubkeep = stage.inContainer('canary');
  canaries = [
    { name: 'FILE_SHARE_PASSWORD', text: stage.sandbox.settings['FILE_SHARE_PASSWORD']! },
    { name: 'a wrong password', text: wrong },
  ];
  temporary = stage.path('tmp');
  mkdirSync(temporary);
  await say(verbose);
  await say([...verbose, '--json']);
  await say(verbose, { FILE_SHARE_PASSWORD: wrong });
  await say([...verbose, '--json'], { FILE_SHARE_PASSWORD: wrong, FILE_SHARE_USER: 'CANARY\\nobody' });
  await say(verbose, { FILE_SHARE_SMB_URL: `${stage.sandbox.settings['FILE_SHARE_SMB_URL']!}-none` });
  await say(verbose, { FILE_SHARE_SMB_URL: `smb://somebody:${wrong}@127.0.0.1/files` });
  const staging = { SQL_BACKUP_DIRECTORY_USER: 'CANARY\\nobody', SQL_BACKUP_DIRECTORY_PASSWORD: wrong };
  await say(['backup', '--components', 'databases', '--verbose'], staging);
  stage.sandbox.smb!.configure(['server smb encrypt = off']);
  await say(verbose, { FILE_SHARE_REQUIRE_ENCRYPTION: 'true' });
  stage.sandbox.smb!.configure([]);
  for (const args of [
    ['show', 'latest', '--json', '--verbose'],
    ['runbook', 'latest'],
    ['kit', '--verbose'],
  ])
    await say(args);
  await loseServer();
});

afterAll(() => stage?.close());

async function say(args: readonly string[], settings: Settings = {}): Promise<void> {
  said.push({ args: args.join(' '), ended: await hubkeep.run(args, { TMPDIR: temporary, ...settings }) });
}

/** Once while it is read, and once before it is. */
async function loseServer(): Promise<void> {
  const smb = stage.sandbox.smb!;
  const fresh = stage.inContainer('lost').start([...verbose, '--json'], { TMPDIR: temporary });
  await eventually(async () => smb.workers()[0]);
  await smb.stop();
  said.push({ args: 'backup of a server that is lost', ended: await fresh.ended });
  await say(verbose);
}

check('runs went as they should: whole, and refused for what is wrong', () => {
  expect(said.map(({ ended }) => ended.code)).toEqual([0, 0, 1, 1, 1, 2, 1, 1, 0, 0, 0, 1, 1]);
  const output = said.map(({ ended }) => ended.stdout + ended.stderr);
  expect(output[2]).toContain('STATUS_LOGON_FAILURE');
  expect(output[6]).toContain('SQL_BACKUP_DIRECTORY_PASSWORD');
  expect(output[11]).toContain('share.gone');
});

check('no secret of the share is on stdout or stderr, whatever was asked for and however it went', () => {
  const heard = said.flatMap(({ args, ended }) =>
    heardIn(Buffer.from(`${ended.stdout}${ended.stderr}`), canaries).map((name) => `hubkeep ${args}: ${name}`),
  );
  expect(heard).toEqual([]);
});

check('no secret of the share is in any blob or file but those that are there to hold it', async () => {
  const heard: string[] = [];
  let blobs = 0;
  for await (const { key, content } of blobsOf(stage)) {
    blobs += 1;
    heard.push(...heardIn(Buffer.concat([Buffer.from(key), content]), canaries).map((name) => `${key}: ${name}`));
  }
  expect(blobs).toBeGreaterThan(20);
  const sandbox = stage.path('sandbox');
  expect(heardBelow(sandbox, { canaries, except: [join(sandbox, 'hubkeep.env')] })).toEqual([]);
  expect(heardBelow(temporary, { canaries })).toEqual([]);
  expect(heard).toEqual([]);
});
