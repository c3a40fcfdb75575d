import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { checkSmbServer } from '../../sandbox/samba/smb-share';
import { hasSamba, startSmbServer } from '../../sandbox/samba/start-samba';
import { run } from '../cli/stage';

const check = hasSamba ? test : test.skip;
const program = require.resolve('../../sandbox/main');

let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'hubkeep-smb-sandbox-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Starts a pretend stamp, as an operator does, whose share is one of a file server. */
async function startStamp() {
  const share = join(work, 'share');
  mkdirSync(join(share, 'site'), { recursive: true });
  writeFileSync(join(share, 'site', 'web.config'), '<configuration/>');
  const child = spawn(process.execPath, [program, '--dir', join(work, 'stamp'), '--share', share, '--smb'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const envFile = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) =>
      resolve(
        text
          .toString()
          .replace(/^ready /, '')
          .trim(),
      ),
    );
    child.once('close', () => reject(new Error(output)));
  });
  const settings = parseEnv(readFileSync(envFile, 'utf8')) as Record<string, string>;
  return { child, ended, envFile, share, settings, port: Number(new URL(settings['FILE_SHARE_SMB_URL']!).port) };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answered;
}

check('a pretend stamp offers its share over SMB, and is backed up as any other', async () => {
  const stamp = await startStamp();
  try {
    expect(stamp.settings).toMatchObject({
      FILE_SHARE_SMB_URL: expect.stringMatching(/^smb:\/\/127\.0\.0\.1:\d+\/files$/),
      FILE_SHARE_USER: expect.any(String),
      FILE_SHARE_PASSWORD: expect.stringMatching(/^.{16,}$/),
    });
    expect(stamp.settings['FILE_SHARE_PATH']).toBeUndefined();
    const withStamp = ['--env-file', stamp.envFile];
    expect(await run({}, ['backup', ...withStamp])).toMatchObject({ code: 0 });
    const target = join(work, 'restored');
    expect(await run({}, ['restore', 'latest', '--fileshare', target, ...withStamp])).toMatchObject({ code: 0 });
    expect(spawnSync('diff', ['-r', stamp.share, target], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  } finally {
    stamp.child.kill('SIGTERM');
  }
  expect(await stamp.ended).toBe(0);
  expect(await isListening(stamp.port)).toBe(false);
});

check('a pretend stamp that is killed leaves no file server behind', async () => {
  const stamp = await startStamp();
  expect(await isListening(stamp.port)).toBe(true);
  stamp.child.kill('SIGKILL');
  await stamp.ended;
  for (let left = 100; left > 0 && (await isListening(stamp.port)); left--) await sleep(50);
  expect(await isListening(stamp.port)).toBe(false);
});

test('where there is no smbd, it is said what to install', () => {
  expect(() => checkSmbServer('/nowhere/smbd')).toThrow(/no \/nowhere\/smbd \(Debian: apt-get install samba\)/);
});

check('a second share of the same server can be one to write to', async () => {
  const [shown, staging] = ['shown', 'staging'].map((name) => join(work, name)) as [string, string];
  for (const directory of [work, shown, staging]) {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, directory === staging ? 0o777 : 0o755);
  }
  writeFileSync(join(shown, 'shown.txt'), 'shown');
  writeFileSync(join(staging, 'staged.bak'), 'staged');
  chmodSync(join(staging, 'staged.bak'), 0o666);
  const server = await startSmbServer({ directory: shown, further: [{ name: 'staging', directory: staging, writable: true }] });
  const client = (share: string, command: string) =>
    spawnSync('smbclient', [`//127.0.0.1/${share}`, '-p', String(server.port), '-s', '/dev/null', '-c', command], {
      encoding: 'utf8',
      env: { ...process.env, USER: server.user, PASSWD: server.password },
    });
  try {
    expect(client('files', 'rm shown.txt').stdout).toContain('NT_STATUS');
    expect(client('staging', 'rm staged.bak').stdout).not.toContain('NT_STATUS');
    expect([readdirSync(shown), readdirSync(staging)]).toEqual([['shown.txt'], []]);
  } finally {
    await server.stop();
  }
});
