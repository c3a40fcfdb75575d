import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Clock } from '../../ports/clock';
import { createMeter, type Reading } from './meter';
import type { ProgressView } from './progress-view';

const barWidth = 24;
const taskWidth = 32;

/** One bar per task on stderr; a task whose whole is not known shows its amounts alone. */
export function createProgressBars(clock: Clock): ProgressView {
  const read = createMeter(clock);
  const bars = new Map<string, SingleBar>();
  const multi = new MultiBar(
    {
      stream: process.stderr,
      hideCursor: true,
      fps: 5,
      // Signals ask the run to stop; the bars end with it.
      gracefulExit: false,
      format: (_options, _params, reading: Reading) => lineOf(reading),
    },
    Presets.shades_classic,
  );
  return {
    stage(text) {
      if (bars.size === 0) process.stderr.write(`${text}\n`);
      else multi.log(`${text}\n`);
    },
    update(progress) {
      const reading = read(progress);
      const bar = bars.get(reading.task) ?? multi.create(1, 0, reading);
      bars.set(reading.task, bar);
      bar.update(reading.fraction ?? 0, reading);
    },
    stop() {
      if (bars.size === 0) return;
      multi.update();
      multi.stop();
    },
  };
}

function lineOf({ task, fraction, detail }: Reading): string {
  const name = task.length > taskWidth ? `…${task.slice(1 - taskWidth)}` : task.padEnd(taskWidth);
  const filled = Math.round((fraction ?? 0) * barWidth);
  const bar = fraction === undefined ? ' '.repeat(barWidth) : '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${name} ${bar} ${detail}`;
}
