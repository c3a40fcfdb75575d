import { cpus, release, totalmem, type } from 'node:os';

/** `2 × AMD EPYC, 24 GiB, Linux 6.1.0` */
export function describeMachine(): string {
  const processors = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB, ${type()} ${release()}`;
}
