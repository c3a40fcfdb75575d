import type { BlobProblem } from '../../contracts/verification';
import type { BlobStore } from '../../ports/blob-store';
import type { Clock } from '../../ports/clock';
import { codeOf } from '../../errors/hubkeep-error';
import { inParallel } from '../in-parallel';
import type { ExpectedBlob } from './expected-blobs';
import { readBlob } from './read-blob';
import { addReadTimes, loadReadTimes } from './read-ledger';
import { chooseSample } from './sample';
import type { VerifyPlan } from './verify-plan';

export interface ReadBoxOptions {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly plan: VerifyPlan;
  /** Of the bytes of the plan's blobs, up to 1. */
  readonly share: number;
  /** When the verification began: what was read since then is not read again. */
  readonly since: string;
  /** What earlier boxes found. */
  readonly earlier: readonly BlobProblem[];
  /** No blob is begun after so long. */
  readonly boxMs: number;
  /** Called with the bytes of this box so far, and of all that is left. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

export interface ReadBox {
  readonly problems: readonly BlobProblem[];
  readonly bytesRead: number;
  /** True when all that was to be read has been. */
  readonly isLast: boolean;
  /** False where nothing may be written: then a box is all there is to read, and the next verification knows nothing of it. */
  readonly isNoted: boolean;
}

const readsInFlight = 4;

/** Reads blobs whole for a while, those first that were not read for the longest time, and notes which were as they should be. */
export async function readBox(options: ReadBoxOptions): Promise<ReadBox> {
  const { store, clock, plan, share, since, earlier, boxMs, onProgress } = options;
  const damaged = new Set([...plan.damage.keys(), ...earlier.map(({ key }) => key)]);
  const toRead = chooseSample(plan.blobs, { share, since, damaged, times: await loadReadTimes(store, clock.now()) });
  const endsAt = clock.now().getTime() + boxMs;
  const problems: BlobProblem[] = [];
  const sound: string[] = [];
  let bytesRead = 0;
  let begun = 0;

  function* untilTimeIsUp() {
    for (const blob of toRead.blobs) {
      if (begun > 0 && clock.now().getTime() >= endsAt) return;
      begun += 1;
      yield blob;
    }
  }

  async function read(blob: ExpectedBlob) {
    const { problem, damaged: ranges } = await readBlob(store, blob, (bytes) => {
      bytesRead += bytes;
      onProgress?.(bytesRead, toRead.bytes);
    });
    if (problem === undefined) sound.push(blob.key);
    else problems.push({ key: blob.key, ...problem, damaged: [...ranges] });
  }

  await inParallel(untilTimeIsUp(), readsInFlight, read);
  const isNoted = await note(store, sound, clock.now());
  if (!isNoted) {
    await inParallel(toRead.blobs.slice(begun), readsInFlight, read);
  }
  return { problems, bytesRead, isLast: !isNoted || begun === toRead.blobs.length, isNoted };
}

async function note(store: BlobStore, sound: readonly string[], now: Date): Promise<boolean> {
  if (sound.length === 0) return true;
  try {
    await addReadTimes(store, sound, now);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'store.unauthorized') throw error;
    return false;
  }
}
