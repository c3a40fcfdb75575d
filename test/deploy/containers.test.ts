import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { createCertificateAuthority, localNames } from '../../sandbox/certificates';
import { readText, recipes } from './recipes';

const files = ['Dockerfile.cli', 'Dockerfile.functions'] as const;

function parse(file: string) {
  return DockerfileParser.parse(readText(`deploy/container/${file}`));
}

test.each(files)('%s has no fault that a linter of Dockerfiles finds', (file) => {
  expect(validate(readText(`deploy/container/${file}`)).map(({ message }) => message)).toEqual([]);
});

test('such a fault is found', () => {
  expect(validate(readText('deploy/container/Dockerfile.cli').replace('ENTRYPOINT [', 'ENTRYPIONT ['))).not.toEqual([]);
});

test.each(files)('%s brings Node.js 24 from a build of its own into an image that does not run as root', (file) => {
  const froms = parse(file)
    .getFROMs()
    .map((from) => from.getImage() ?? '');
  expect(froms.filter((image) => /[/:]/.test(image))).toEqual(froms.filter((image) => /^node:24-|node24$/.test(image)));
  const users = parse(file)
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === 'USER')
    .map((instruction) => instruction.getArgumentsContent());
  expect(users).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
});

test.each(files)('%s copies only what .dockerignore lets in', (file) => {
  const allowed = readText('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const copied = parse(file)
    .getCOPYs()
    .filter((copy) => copy.getFromFlag() === null)
    .flatMap((copy) =>
      copy
        .getArguments()
        .slice(0, -1)
        .map((argument) => argument.getValue()),
    );
  expect(copied).toEqual(expect.arrayContaining(['.', 'package.json']));
  for (const path of copied.filter((one) => one !== '.')) expect(allowed).toContain(path);
});

describe('the health check', () => {
  const health = join(recipes, 'container/health.mjs');
  const key = 'a-key-of-sixteen-or-more';
  let directory: string;
  let server: ChildProcess | undefined;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hubkeep-health-'));
    const { cert, key: privateKey } = createCertificateAuthority().issue(localNames);
    writeFileSync(join(directory, 'tls.crt'), cert);
    writeFileSync(join(directory, 'tls.key'), privateKey);
  });
  afterEach(() => {
    server?.kill('SIGKILL');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** As the image starts it, but on a free port, with settings that reach nothing. */
  async function serve(): Promise<{ url: string; stop: () => Promise<void> }> {
    const env = {
      ...{ BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: directory, BACKUP_STORAGE_URL: 'http://127.0.0.1:9/a' },
      ...{ BACKUP_STORAGE_SAS: 'sig=x', SERVE_API_KEY: key },
      ...{ SERVE_TLS_CERT: join(directory, 'tls.crt'), SERVE_TLS_KEY: join(directory, 'tls.key') },
    };
    const main = join(__dirname, '../../src/cli/main.js');
    const child = spawn(process.execPath, ['--', main, 'serve', '--host', '0.0.0.0', '--port', '0'], {
      ...{ env, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    server = child;
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /listening on (\S+);/.exec(line.toString())?.[1]?.replace('0.0.0.0', '127.0.0.1') ?? '';
    return {
      url,
      stop: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  }

  test('says so when the server answers, and when it no longer does', async () => {
    const { url, stop } = await serve();
    expect(url).toMatch(/^https:/);
    expect(spawnSync(process.execPath, [health, url]).status).toBe(0);
    await stop();
    expect(spawnSync(process.execPath, [health, url]).status).toBe(1);
  });
});
