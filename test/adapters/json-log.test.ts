import { createJsonLog, type LogLevel } from '../../src/adapters/json-log';

const clock = { now: () => new Date('2026-11-22T02:00:00Z'), sleep: async () => undefined };

function logged(level?: LogLevel) {
  const lines: string[] = [];
  return { lines, log: createJsonLog((line) => lines.push(line), level, clock) };
}

test('an event is one JSON line that begins with time, level and event', () => {
  const { lines, log } = logged();
  log.info('run.start', { runId: 'r1', bytes: 12, ok: true, nothing: undefined, text: 'two\nlines' });
  expect(lines).toEqual([
    '{"time":"2026-11-22T02:00:00.000Z","level":"info","event":"run.start","runId":"r1","bytes":12,"ok":true,"text":"two\\nlines"}',
  ]);
});

test('a child adds its fields, and none may stand in for time, level or event', () => {
  const { lines, log } = logged();
  log.child({ runId: 'r1' }).child({ activity: 'copy', level: 'x' }).warn('copy.slow', { event: 'y' });
  expect(JSON.parse(lines[0]!)).toEqual({
    time: '2026-11-22T02:00:00.000Z',
    level: 'warn',
    event: 'copy.slow',
    runId: 'r1',
    activity: 'copy',
  });
});

test('events below the lowest level are dropped', () => {
  const { lines, log } = logged('warn');
  log.debug('a.a');
  log.info('a.b');
  log.warn('a.c');
  log.error('a.d');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['a.c', 'a.d']);
});

test('credentials in texts are struck out', () => {
  const { lines, log } = logged();
  log.error('store.fail', { message: 'GET https://x/?sv=1&sig=Canary1 failed; AccountKey=Canary2' });
  expect(lines[0]).not.toMatch(/Canary/);
});
