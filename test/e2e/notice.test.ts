import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStage, type Stage } from './stage';

let stage: Stage;
let server: Server;
let answer: number;
let received: { readonly method: string; readonly type: string; readonly body: string }[];

beforeAll(async () => {
  stage = await openStage({ files: 400 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        method: request.method ?? '',
        type: request.headers['content-type'] ?? '',
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  answer = 200;
  received = [];
});

afterAll(async () => {
  await stage.close();
  await new Promise((resolve) => server.close(resolve));
});

const notified = () => ({
  NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?code=hook-secret-canary`,
});

test('a partial run posts one JSON document that says what failed', async () => {
  const { code, document } = await stage
    .inContainer('notice')
    .json(['backup'], { ...notified(), SQL_PASSWORD: 'wrong-password-canary' });
  expect(code).toBe(3);
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: 'POST', type: expect.stringMatching(/^application\/json/) });
  const notice = JSON.parse(received[0]!.body);
  expect(notice).toMatchObject({
    stamp: 'sandbox',
    runId: document.runId,
    status: 'partial',
    recoveryPoint: document.recoveryPoint,
  });
  expect(notice.problems[0]).toMatchObject({ component: 'databases', code: 'sql.login-failed' });
  expect(received[0]!.body).not.toContain('canary');
});

test('a failed run posts one document too', async () => {
  const settings = { ...notified(), BACKUP_COMPONENTS: 'fileshare', FILE_SHARE_PATH: stage.path('nowhere') };
  expect(await stage.inContainer('notice').run(['backup'], settings)).toMatchObject({ code: 1 });
  expect(received.map(({ body }) => JSON.parse(body).status)).toEqual(['failed']);
});

test('a complete run posts nothing', async () => {
  expect(await stage.inContainer('notice').run(['backup'], notified())).toMatchObject({ code: 0 });
  expect(received).toEqual([]);
});

test('a receiver that answers badly costs nothing but the notice', async () => {
  answer = 500;
  const { code, document, stderr } = await stage
    .inContainer('notice')
    .json(['backup', '--verbose'], { ...notified(), SQL_PASSWORD: 'wrong' });
  expect({ code, status: document.status }).toEqual({ code: 3, status: 'partial' });
  expect(stderr).toMatch(/warning nobody was told of this run: NOTIFY_WEBHOOK_URL .* answered 500/);
  expect(stderr).not.toContain('hook-secret-canary');
});
