import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { RunbookFact, Text } from '../../contracts/runbook';
import { bytesInWords, countInWords, durationInWords, plural } from '../../contracts/words';
import { instant, list, say } from './text';
import { keptDatabases, type RunbookInput } from './tools';

/** Which point this is, how far its parts lie apart, and what is in it. */
export function factsOf({ point, place }: RunbookInput): RunbookFact[] {
  return [
    fact('Recovery point', say`${point.id}, number ${point.sequence}, ${[point.outcome]}`),
    fact('Stamp', say`${point.stamp}`),
    fact(
      'Taken',
      say`${[instant(point.startedAt)]} to ${[instant(point.committedAt)]}, by ${[point.trigger]}, Hubkeep ${point.hubkeepVersion}`,
    ),
    ...(point.reason === undefined ? [] : [fact('Reason', say`${point.reason}`)]),
    fact('Kept in', say`${place.store}, repository ${point.repositoryId}`),
    fact('Databases', databasesIn(point)),
    fact('File share', shareIn(point)),
    fact('Secrets', secretsIn(point)),
    fact('Skew', skewIn(point)),
    fact('Not carried', say`${[point.notCarried.join(', ')]}`),
    fact(
      'Not covered at all',
      say`databases, storage accounts and key vaults of tenants; the state of virtual machines; certificates (PFX files) and passwords; infrastructure of the Hub itself`,
    ),
  ];
}

function fact(name: string, text: Text): RunbookFact {
  return { name, text };
}

function databasesIn(point: RecoveryPoint): Text {
  const kept = keptDatabases(point);
  if (point.databases === undefined) return say`not part of this point`;
  if (kept.length === 0) return say`none: every one of them failed`;
  return kept.flatMap(({ server, database, proof }, i) => [
    ...(i === 0 ? [] : ['; ']),
    ...say`${database} on ${server}, finished ${[instant(proof.finishedAt)]}`,
  ]);
}

function shareIn({ fileshare }: RecoveryPoint): Text {
  if (fileshare === undefined) return say`not part of this point`;
  if (fileshare.status === 'failed') return say`failed, and not in this point`;
  const { counts, source, startedAt, finishedAt } = fileshare;
  return say`${source}, as Hubkeep saw it: ${[countInWords(counts.files)]} files, ${[bytesInWords(counts.bytes)]}, looked at from ${[instant(startedAt)]} to ${[instant(finishedAt)]}`;
}

function secretsIn({ secrets }: RecoveryPoint): Text {
  if (secrets === undefined) return say`not part of this point`;
  if (secrets.status === 'failed') return say`failed, and not in this point`;
  const { vault, name, version, parts = [], capturedAt, confirmedAt } = secrets;
  const inParts = parts.length === 0 ? [] : say`, in ${plural(parts.length, 'part')}`;
  const confirmed = confirmedAt === undefined ? [] : say`, confirmed ${[instant(confirmedAt)]}`;
  return say`${name}, version ${version}, in ${vault}${inParts}; captured ${[instant(capturedAt)]}${confirmed}`;
}

function skewIn({ skewSeconds }: RecoveryPoint): Text {
  if (skewSeconds === null) return say`cannot be told: databases and share are not both in this point`;
  return say`the share was last looked at ${[durationInWords(skewSeconds * 1000)]} after the first database was finished`;
}

/** Servers the databases came from, each with what a target must be able to do. */
export function sourceServers(point: RecoveryPoint) {
  const servers = new Map(keptDatabases(point).map((backup) => [backup.server, backup]));
  return [...servers.values()];
}

export function namesOf(point: RecoveryPoint): Text {
  return list(keptDatabases(point).map(({ database }) => database));
}
