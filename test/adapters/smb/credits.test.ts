import { openSmbShare, type SmbShare } from '../../../src/adapters/smb';
import { createCredits } from '../../../src/adapters/smb/credits';
import { body, command, type PretendServer, startPretendServer } from '../../support/smb/pretend-server';

const promise = { status: 0x103, flags: 2, isUnsigned: true };

let server: PretendServer;
let share: SmbShare;

beforeEach(async () => {
  server = await startPretendServer();
  share = openSmbShare({
    host: '127.0.0.1',
    port: server.port,
    share: 'files',
    ...server.account,
    timeoutMs: 2000,
    connections: 1,
  });
});
afterEach(async () => {
  share.close();
  await server.close();
});

test.each([
  ['with the promise of an answer', 1, 0],
  ['with the answer that was promised', 0, 1],
])('what a request took comes back once, %s', async (_, withPromise, withAnswer) => {
  const together = new Map<number, number>();
  server.script((request) => {
    together.set(request.together, (together.get(request.together) ?? 0) + 1);
    const answer = { flags: 2, credits: withAnswer, body: request.command === command.create ? body(89) : body(60, [2, 1]) };
    return [{ ...promise, credits: withPromise }, answer];
  });
  // More requests than the client has credits: if one were lost with each, or counted twice, it would send them one by one.
  for (let i = 0; i < 400; i++) await share.stat('a');
  expect([...together]).toEqual([[2, 800]]);
});

test('however much a server allows, it is counted up to a bound', () => {
  const credits = createCredits(() => true);
  for (let i = 0; i < 1000; i++) {
    credits.take({ need: 1, start: () => undefined, refuse: () => undefined });
    credits.give(1, 0xffff);
  }
  expect(credits.total()).toBe(8192);
  expect(credits.ask(3)).toBe(3);
});
