import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { Clock } from '../../ports/clock';
import type { Host } from '../../ports/host';

export interface LocalHostOptions {
  /** Where Linux tells one start of the machine from another. */
  readonly bootIdFile?: string;
  /** Seconds since the machine came up, where it does not. */
  readonly upSeconds?: () => number;
}

/** Moments at which a machine came up are reckoned from two clocks, of which one is set right now and then. */
const sameBootSeconds = 120;

export function createLocalHost(clock: Clock, options: LocalHostOptions = {}): Host {
  const { bootIdFile = '/proc/sys/kernel/random/boot_id', upSeconds = uptime } = options;
  const bootId = tellBoot(bootIdFile) ?? String(Math.round(clock.now().getTime() / 1000 - upSeconds()));
  return {
    name: hostname(),
    pid: process.pid,
    bootId,
    isAlive: (other) => isSameBoot(bootId, other.bootId) && isRunning(other.pid),
  };
}

function tellBoot(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Elsewhere than on Linux the moment the machine came up has to do.
    return undefined;
  }
}

function isSameBoot(one: string, other: string): boolean {
  return one === other || Math.abs(Number(one) - Number(other)) < sameBootSeconds;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
