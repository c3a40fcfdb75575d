import { lstat, mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { Scratch } from '../../ports/scratch';
import { createLocalFiles } from '../local-files/local-files';
import { createLocalTarget } from '../local-target/local-target';

/** Of what is free; the rest is for whoever else writes to that disk. */
const usable = 0.5;

const prefix = 'hubkeep-drill-';
const leftAfterMs = 24 * 60 * 60_000;

/** What drills that were killed left behind. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix)) continue;
    const place = join(directory, name);
    const { mtimeMs } = await lstat(place);
    if (Date.now() - mtimeMs > leftAfterMs) await rm(place, { recursive: true, force: true });
  }
}

/** Directories below one of this machine, which is made where it is missing. */
export function createLocalScratch(directory: string, bootId: string): Scratch {
  return {
    async open(name) {
      try {
        await mkdir(directory, { recursive: true });
        await removeLeftovers(directory);
        // What is restored are files of tenants: mkdtemp makes a directory that its owner alone can look into.
        const own = await mkdtemp(join(directory, `${prefix}${name}-`));
        const { bavail, bsize } = await statfs(own);
        const share = join(own, 'share');
        return {
          target: createLocalTarget(share, bootId),
          source: createLocalFiles(share),
          freeBytes: Math.floor(bavail * bsize * usable),
          remove: () => rm(own, { recursive: true, force: true }),
        };
      } catch (cause) {
        const why = (cause as NodeJS.ErrnoException).code ?? 'unwritable';
        throw new HubkeepError('drill.no-scratch', `nothing can be restored to ${directory} (${why})`, {
          hint: 'Set DRILL_SCRATCH_DIRECTORY to a directory that Hubkeep may write to.',
          cause,
        });
      }
    },
  };
}
