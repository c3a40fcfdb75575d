import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { timeProgram } from './measure';

/** How each program tells its version, and the Debian package it comes in. */
const known = {
  restic: { ask: ['version'], package: 'restic' },
  rclone: { ask: ['version'], package: 'rclone' },
  smbclient: { ask: ['--version'], package: 'smbclient' },
  zstd: { ask: ['--version'], package: 'zstd' },
  find: { ask: ['--version'], package: 'findutils' },
  tar: { ask: ['--version'], package: 'tar' },
} as const;

export type Program = keyof typeof known;

/**
 * The versions of these programs.
 *
 * @throws naming every one that is missing and what to install.
 */
export function requirePrograms(programs: readonly Program[]): ReadonlyMap<Program, string> {
  const versions = new Map(programs.map((program) => [program, versionOf(program)] as const));
  const missing = programs.filter((program) => versions.get(program) === undefined);
  const packages: string[] = missing.map((program) => known[program].package);
  if (!existsSync(timeProgram)) packages.push('time');
  if (packages.length > 0) {
    const names = [...missing, ...(existsSync(timeProgram) ? [] : [timeProgram])];
    throw new Error(`this bench needs ${names.join(', ')}; install with: apt-get install ${packages.join(' ')}`);
  }
  return versions as ReadonlyMap<Program, string>;
}

function versionOf(program: Program): string | undefined {
  try {
    const said = execFileSync(program, known[program].ask, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    return /\d+(\.\d+)+/.exec(said)?.[0] ?? 'unknown';
  } catch {
    return undefined;
  }
}
