import { lstatSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { RestoreIdentity, WriterData } from '../../ports/file-target';
import { codeIs } from './failed-write';

const prefix = '.hubkeep-restore-';
const suffix = '.json';

interface Marker {
  readonly include: readonly string[];
  /** The boot of the machine that wrote it. */
  readonly bootId: string;
}

/** What a target holds: nothing yet, or an unfinished restore of the same. */
export type TargetState = 'empty' | NonNullable<WriterData['resumed']>;

/** What names of the restore's own notes begin with. A run never backs up such names of its own point. */
export function reservedFor({ recoveryPoint }: RestoreIdentity): string {
  return `${prefix}${recoveryPoint}`;
}

/** Throws `restore.target-not-empty` when the target holds anything else. */
export function readTarget(root: string, identity: RestoreIdentity, bootId: string): TargetState {
  const names = namesIn(root);
  const reserved = reservedFor(identity);
  const marker = readMarker(`${root}/${reserved}${suffix}`);
  if (marker === undefined) {
    // Killed before its marker was whole, a restore has not written anything else.
    if (names.every((name) => name === `${reserved}${suffix}`)) return 'empty';
    throw notEmpty(
      root,
      names.find((name) => name.startsWith(prefix) && name.endsWith(suffix)),
    );
  }
  if (JSON.stringify(marker.include) !== JSON.stringify(identity.include)) {
    throw new HubkeepError(
      'restore.target-not-empty',
      `${root} holds an unfinished restore of this point with another --include`,
      {
        hint: `Give the same --include as then (${marker.include.join(' ') || 'none'}), or restore into an empty directory.`,
      },
    );
  }
  const { mtimeMs } = lstatSync(`${root}/${reserved}${suffix}`);
  return { beganMs: mtimeMs, trusted: marker.bootId === bootId };
}

export function writeMarker(root: string, { recoveryPoint, include }: RestoreIdentity, bootId: string) {
  const text = `${JSON.stringify({ note: 'hubkeep has not finished restoring into this directory', recoveryPoint, include, bootId })}\n`;
  writeFileSync(`${root}/${reservedFor({ recoveryPoint, include })}${suffix}`, text);
}

/** What an unfinished restore had in the works. The marker stays. */
export function removeNotes(root: string, reserved: string) {
  for (const name of namesIn(root)) {
    if (name.startsWith(`${reserved}.`) && name !== reserved + suffix) unlinkSync(`${root}/${name}`);
  }
}

/** From here on the restore is finished. */
export function removeMarker(root: string, reserved: string) {
  unlinkSync(`${root}/${reserved}${suffix}`);
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    if (codeIs(error, 'ENOENT')) return [];
    throw new HubkeepError('restore.incomplete', `${root} cannot be restored into`, { cause: error });
  }
}

function readMarker(place: string): Marker | undefined {
  try {
    const read = JSON.parse(readFileSync(place, 'utf8')) as Partial<Marker>;
    return Array.isArray(read.include) && typeof read.bootId === 'string'
      ? { include: read.include, bootId: read.bootId }
      : undefined;
  } catch {
    return undefined;
  }
}

function notEmpty(root: string, marker: string | undefined): HubkeepError {
  const id = marker?.slice(prefix.length, -suffix.length);
  return id === undefined
    ? new HubkeepError('restore.target-not-empty', `${root} is not empty`, {
        hint: 'Name a directory that does not exist or is empty: nothing that is there is ever overwritten.',
      })
    : new HubkeepError('restore.target-not-empty', `${root} is not empty: it holds an unfinished restore of ${id}`, {
        hint: `Restore ${id} to go on with it, or name a directory that is empty.`,
      });
}
