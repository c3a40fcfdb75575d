import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { SecretsCustody } from '../../contracts/secrets-custody';
import { messageOf } from '../../errors/message-of';
import type { Findings } from './finding';

/** Reads what is kept and lets it go; throws when it could not be restored. */
export type ReadSecrets = (custody: SecretsCustody) => Promise<unknown>;

/** Checks that the vault still gives back the versions that recovery points name, each once. @returns how many were read. */
export async function checkSecrets(points: readonly RecoveryPoint[], read: ReadSecrets, findings: Findings): Promise<number> {
  const kept = new Map<string, { readonly custody: SecretsCustody; readonly points: string[] }>();
  for (const { id, secrets } of points) {
    if (secrets?.status !== 'succeeded') continue;
    const place = vaultPlace(secrets);
    const known = kept.get(place) ?? { custody: secrets, points: [] };
    kept.set(place, known);
    known.points.push(id);
  }
  for (const [place, { custody, points: needing }] of kept) {
    try {
      await read(custody);
    } catch (error) {
      const message = `cannot be read: ${messageOf(error)}`;
      findings.add({ code: 'secrets.unreadable', blob: place, message, what: 'SystemSecrets.JSON', points: needing });
    }
  }
  return kept.size;
}

export function vaultPlace({ vault, name, version }: SecretsCustody): string {
  return `${vault}/secrets/${name}/${version}`;
}
