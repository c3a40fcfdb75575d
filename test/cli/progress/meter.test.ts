import { createMeter } from '../../../src/cli/progress/meter';
import { createProgressLines } from '../../../src/cli/progress/progress-lines';
import { createVirtualClock } from '../../support/virtual-clock';

test('tells amounts, rates and time left once it has measured for a while', async () => {
  const clock = createVirtualClock();
  const read = createMeter(clock);
  expect(read({ task: 'share', files: 0, bytes: 0, totalBytes: 4 * 1024 * 1024 }).detail).toBe('0 files, 0 B');
  await clock.sleep(10_000);
  expect(read({ task: 'share', files: 2000, bytes: 1024 * 1024, totalBytes: 4 * 1024 * 1024 })).toEqual({
    task: 'share',
    fraction: 0.25,
    detail: '2,000 files (200/s), 1.0 MiB (102 KiB/s), 30 s left',
  });
});

test('counts on when a task starts over in another box', () => {
  const read = createMeter(createVirtualClock());
  read({ task: 'share', files: 900 });
  read({ task: 'share', files: 1000 });
  expect(read({ task: 'share', files: 50 }).detail).toBe('1,050 files');
});

test('without a known whole there is no share of it', () => {
  const read = createMeter(createVirtualClock());
  expect(read({ task: 'share', files: 5, bytes: 5 }).fraction).toBeUndefined();
  expect(read({ task: 'database', percent: 40 })).toEqual({ task: 'database', fraction: 0.4, detail: '40 %' });
});

test('time left is told as the server estimates it, from the first moment on', () => {
  const read = createMeter(createVirtualClock());
  expect(read({ task: 'database', percent: 40, secondsLeft: 3900 }).detail).toBe('40 %, 1 h 05 min left');
});

test('lines come every ten seconds at most, and stages always', async () => {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const view = createProgressLines((line) => lines.push(line), clock);
  view.stage('copying');
  for (let second = 0; second < 21; second++) {
    view.update({ task: 'share', percent: second });
    await clock.sleep(1000);
  }
  view.stage('committing');
  expect(lines.map((line) => line.replace(/,.*/, ''))).toEqual([
    'copying',
    '  share: 0 %',
    '  share: 10 %',
    '  share: 20 %',
    'committing',
  ]);
});
