import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { RestoreIdentity, WriterData } from '../../ports/file-target';
import { codeIs } from './failed-write';

const prefix = '.hubkeep-restore-';
const suffix = '.json';

interface Marker extends Omit<RestoreIdentity, 'recoveryPoint'> {
  /** The boot of the machine that wrote it. */
  readonly bootId: string;
}

/** What a target holds: nothing of a restore yet, or an unfinished one of the same. */
export type TargetState = 'new' | NonNullable<WriterData['resumed']>;

/** What names of the restore's own notes begin with. A run never backs up such names of its own point. */
export function reservedFor({ recoveryPoint }: Pick<RestoreIdentity, 'recoveryPoint'>): string {
  return `${prefix}${recoveryPoint}`;
}

/** Throws `restore.target-not-empty` when the target holds an unfinished restore of something else or, where nothing may be overwritten, anything else. */
export function readTarget(root: string, identity: RestoreIdentity, bootId: string): TargetState {
  const names = namesIn(root);
  const reserved = reservedFor(identity);
  const marker = readMarker(`${root}/${reserved}${suffix}`);
  if (marker === undefined) {
    // Killed before its marker was whole, a restore has not written anything else.
    const others = names.filter((name) => name !== `${reserved}${suffix}`);
    const unfinished = others.find((name) => name.startsWith(prefix) && name.endsWith(suffix));
    if (unfinished !== undefined || (others.length > 0 && identity.overwrite === undefined)) throw notEmpty(root, unfinished);
    return 'new';
  }
  refuseOther(root, marker, identity);
  const { mtimeMs } = lstatSync(`${root}/${reserved}${suffix}`);
  return { beganMs: mtimeMs, trusted: marker.bootId === bootId };
}

/** True while a restore of this point into it is unfinished. */
export function hasMarker(root: string, identity: RestoreIdentity): boolean {
  return readMarker(`${root}/${reservedFor(identity)}${suffix}`) !== undefined;
}

function refuseOther(root: string, marker: Marker, identity: RestoreIdentity) {
  const { include, overwrite } = marker;
  const [option, value] =
    JSON.stringify(include) !== JSON.stringify(identity.include)
      ? ['--include', include.join(' ')]
      : overwrite !== identity.overwrite
        ? ['--overwrite', overwrite]
        : marker.paths !== identity.paths
          ? ['list of paths', marker.paths === undefined ? '' : 'another one']
          : [];
  if (option === undefined) return;
  throw new HubkeepError('restore.target-not-empty', `${root} holds an unfinished restore of this point with another ${option}`, {
    hint: `Give the same ${option} as then (${value === undefined || value === '' ? 'none' : value}), or restore into an empty directory.`,
  });
}

export function writeMarker(root: string, identity: RestoreIdentity, bootId: string) {
  const note = 'hubkeep has not finished restoring into this directory';
  writeFileSync(`${root}/${reservedFor(identity)}${suffix}`, `${JSON.stringify({ note, ...identity, bootId })}\n`);
}

/** What an unfinished restore had in the works. The marker stays. */
export function removeNotes(root: string, reserved: string) {
  for (const name of namesIn(root)) {
    if (name.startsWith(`${reserved}.`) && name !== reserved + suffix) rmSync(`${root}/${name}`, { force: true });
  }
}

/** From here on the restore is finished. */
export function removeMarker(root: string, reserved: string) {
  rmSync(`${root}/${reserved}${suffix}`, { force: true });
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
    return Array.isArray(read.include) && typeof read.bootId === 'string' ? (read as Marker) : undefined;
  } catch {
    return undefined;
  }
}

function notEmpty(root: string, marker: string | undefined): HubkeepError {
  const id = marker?.slice(prefix.length, -suffix.length);
  return marker === undefined || id === undefined
    ? new HubkeepError('restore.target-not-empty', `${root} is not empty`, {
        hint: 'Name a directory that does not exist or is empty; only with --overwrite may it hold something.',
      })
    : new HubkeepError('restore.target-not-empty', `${root} is not empty: it holds an unfinished restore of ${id}`, {
        hint: `Restore ${id} to go on with it, or name a directory that is empty. To give it up, remove ${marker} from there: files it left may be torn.`,
      });
}
