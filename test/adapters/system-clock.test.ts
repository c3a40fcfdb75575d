import { createSystemClock } from '../../src/adapters/system-clock';

const clock = createSystemClock();

test('a sleep ends, and time has not gone backwards', async () => {
  const before = clock.now().getTime();
  await clock.sleep(5);
  await clock.sleep(0);
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(before);
});

test('an aborted sleep rejects with the reason given, before or while it sleeps', async () => {
  const reason = new Error('cancelled');
  const abort = new AbortController();
  const sleeping = clock.sleep(60_000, abort.signal);
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(60_000, abort.signal)).rejects.toBe(reason);
  await expect(clock.sleep(0, abort.signal)).rejects.toBe(reason);
});

test('a sleep longer than a timer can hold does not end at once', async () => {
  const abort = new AbortController();
  let ended = false;
  const sleeping = clock.sleep(2 ** 40, abort.signal).finally(() => (ended = true));
  await clock.sleep(20);
  expect(ended).toBe(false);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
});
