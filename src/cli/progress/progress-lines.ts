import type { Clock } from '../../ports/clock';
import { createMeter } from './meter';
import type { ProgressView } from './progress-view';

const everyMs = 10_000;

/** One line per stage, and one per task every ten seconds at most. */
export function createProgressLines(write: (line: string) => void, clock: Clock): ProgressView {
  const read = createMeter(clock);
  const shownAt = new Map<string, number>();
  return {
    stage: write,
    update(progress) {
      const { task, detail } = read(progress);
      const now = clock.now().getTime();
      if (now - (shownAt.get(task) ?? 0) < everyMs) return;
      shownAt.set(task, now);
      if (detail !== '') write(`  ${task}: ${detail}`);
    },
    stop: () => undefined,
  };
}
