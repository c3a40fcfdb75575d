import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { Clock } from '../../ports/clock';
import type { Host } from '../../ports/host';

export function createLocalHost(clock: Clock): Host {
  return { name: hostname(), pid: process.pid, bootId: bootId(clock), isAlive };
}

function bootId(clock: Clock): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere than on Linux the minute the machine came up tells one start from another.
    return String(Math.round((clock.now().getTime() / 1000 - uptime()) / 60));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
