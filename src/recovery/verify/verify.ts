import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { BlobProblem, Verification } from '../../contracts/verification';
import type { BlobStore } from '../../ports/blob-store';
import type { Clock } from '../../ports/clock';
import { checkBackups, type InspectBackup } from './check-backups';
import { checkHeader } from './check-header';
import { checkIndexes } from './check-index';
import { checkMarks } from './check-marks';
import { checkSecrets, type ReadSecrets } from './check-secrets';
import { withDependents } from './dependents';
import { findingOf } from './finding';
import { readBox, type ReadBox } from './read-box';
import { loadReadTimes } from './read-ledger';
import { resolveTarget } from './resolve-target';
import { coverageOf } from './sample';
import { planVerification, type VerifyPlan } from './verify-plan';

export interface VerifierOptions {
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly inspect: InspectBackup;
  /** Absent where there is no vault to ask. */
  readonly readSecrets?: ReadSecrets | undefined;
  /** How long blobs are read before what was found is noted. */
  readonly boxMs: number;
}

export interface VerifyRequest {
  /** A point's id, or `all`. */
  readonly target: string;
  /** Of the bytes, those to read: 0 for sizes, stored hashes and the whole index only, 1 for every byte. */
  readonly share: number;
  /** When it began. */
  readonly since: string;
}

/** What reading brought so far. */
export interface ReadSoFar {
  readonly problems: readonly BlobProblem[];
  readonly bytesRead: number;
  /** False when what was read could not be noted. */
  readonly isNoted: boolean;
}

interface BoxOf {
  readonly request: VerifyRequest;
  readonly read: ReadSoFar;
  readonly onProgress?: OnVerified | undefined;
}

/** Called with the bytes read and of how many, as far as that is known. */
export type OnVerified = (bytes: number, total: number) => void;

/**
 * Checks that recovery points can be restored from what is stored. The chain of records is checked whole, whichever
 * points are asked for; a blob that several points share is read once. Nothing is changed but the note of what was read when.
 * Every step throws `point.not-found`, and what the store throws when it cannot be read at all.
 */
export function createVerifier(options: VerifierOptions) {
  const { store, clock, boxMs } = options;

  function box(plan: VerifyPlan, { request, read, onProgress }: BoxOf) {
    return readBox({ store, clock, plan, ...request, earlier: read.problems, boxMs, onProgress });
  }

  return {
    /** A point's id for `latest`, which can be another one by the time of the next step. */
    resolve: (target: string) => resolveTarget(store, target),
    /** Reads blobs for a while; `isLast` when there is none left to read. */
    async box(request: VerifyRequest, read: ReadSoFar, onProgress?: OnVerified): Promise<ReadBox> {
      return box(await planVerification(store, request.target), { request, read, onProgress });
    },
    /** All the rest, once everything is read that was to be. */
    async finish(request: VerifyRequest, read: ReadSoFar): Promise<Verification> {
      return finish(options, await planVerification(store, request.target), { request, read });
    },
    /** All of it at once. */
    async verify(request: VerifyRequest, onProgress?: OnVerified): Promise<Verification> {
      const plan = await planVerification(store, request.target);
      let read: ReadSoFar = { problems: [], bytesRead: 0, isNoted: true };
      for (let isLast = request.share === 0; !isLast;) {
        const before = read;
        const found = await box(plan, {
          request,
          read,
          onProgress: (bytes, total) => onProgress?.(before.bytesRead + bytes, before.bytesRead + total),
        });
        read = {
          problems: [...before.problems, ...found.problems],
          bytesRead: before.bytesRead + found.bytesRead,
          isNoted: before.isNoted && found.isNoted,
        };
        ({ isLast } = found);
      }
      return finish(options, plan, { request, read });
    },
  };
}
export type Verifier = ReturnType<typeof createVerifier>;

async function finish(options: VerifierOptions, plan: VerifyPlan, { request: { share }, read }: BoxOf): Promise<Verification> {
  const { store, clock, inspect, readSecrets } = options;
  const { targets, intact, blobs, damage, findings, expected, withPackList } = plan;
  noteProblems(plan, read.problems);
  await checkHeader(store, targets, findings);
  await checkMarks(store, targets, findings);
  await checkBackups(targets, { inspect, findings, isDamaged: (key) => damage.has(key) });
  const secrets = await secretsOf(plan, readSecrets);
  let { bytesRead } = read;
  const onBytes = (bytes: number) => {
    bytesRead += bytes;
  };
  const hasPackList = (id: string) => withPackList.has(id);
  const segments = await checkIndexes(targets, { store, expected, damage, findings, hasPackList, onBytes });
  const others = intact.filter((point) => !targets.includes(point));
  return {
    points: targets.map(({ id }) => id),
    deep: share > 0,
    sample: share > 0 && share < 1 ? share : null,
    blobs: blobs.length + segments + withPackList.size,
    bytesRead,
    secrets,
    coverage: share > 0 && read.isNoted ? coverageOf(blobs, { share, times: await loadReadTimes(store, clock.now()) }) : null,
    findings: await withDependents(findings.all(), others, store),
  };
}

function noteProblems({ expected, damage, findings }: VerifyPlan, problems: readonly BlobProblem[]) {
  for (const problem of problems) {
    const blob = expected.find(problem.key);
    // One that is missing by now is told of already.
    if (blob === undefined || damage.has(problem.key)) continue;
    damage.set(problem.key, problem.damaged);
    findings.add(findingOf(blob, problem));
  }
}

async function secretsOf({ targets, findings }: VerifyPlan, readSecrets: ReadSecrets | undefined): Promise<number | null> {
  if (readSecrets !== undefined) return checkSecrets(targets, readSecrets, findings);
  return targets.some(hasSecrets) ? null : 0;
}

function hasSecrets({ secrets }: RecoveryPoint): boolean {
  return secrets?.status === 'succeeded';
}
