import { simulateRun } from './scale/simulate-run';
import { speeds, widths } from './scale/scenario';
async function run() {
  for (const speed of speeds) for (const width of widths) {
    const t = performance.now();
    const r = await simulateRun(width, speed);
    const {work, ...rest} = r;
    console.log(speed.name, width, Math.round(performance.now()-t)+'ms', rest, work.boxes, work.failures, work.calls, Math.max(...work.laneSeconds.values()));
  }
}
void run();
