import type { Problem, Warning } from '../contracts/outcome';
import { toProblem } from '../errors/to-problem';
import type { Rotation } from './find-rotations';

const mostNamed = 6;

const downloadAgain = 'In the admin portal open App Service, Secrets, choose Download Secrets; then hubkeep secrets put FILE.';

export function rotatedProblem(rotations: readonly Rotation[]): Problem {
  return {
    code: 'secrets.rotated',
    message: `Secrets were rotated on ${list(rotations)}: download SystemSecrets.JSON and store it again.`,
    hint: `${downloadAgain} That counts also where the file turns out to be the one that is stored already.`,
  };
}

export function unclearWarning(rotations: readonly Rotation[]): Warning {
  return {
    code: 'secrets.rotated',
    message: `Secrets were rotated by ${list(rotations)}, about when SystemSecrets.JSON was stored; which came first cannot be told.`,
    hint: `Unless it was downloaded after the rotation, download it again. ${downloadAgain}`,
  };
}

/** With the cause at the bottom, for there is nothing else to tell one night's failure from another's. */
export function probeWarning(error: unknown): Warning {
  const { message, hint, causes = [] } = toProblem(error);
  const reason = causes.length === 0 ? message : `${message} (${causes.at(-1)})`;
  return {
    code: 'secrets.probe-failed',
    message: `Whether secrets were rotated could not be found out: ${reason}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** By day: `2026-11-20 (Certificates: Publisher, Certificates: FTP), 2026-11-22 (…)`. */
function list(rotations: readonly Rotation[]): string {
  const names = new Map<string, string[]>();
  const shown = rotations.toSorted((a, b) => (a.to < b.to ? -1 : 1)).slice(0, mostNamed);
  for (const { to, category, name } of shown) {
    const day = to.slice(0, 10);
    names.set(day, [...(names.get(day) ?? []), category === '' || category === name ? name : `${category}: ${name}`]);
  }
  const days = [...names].map(([day, named]) => `${day} (${named.join(', ')})`);
  const left = rotations.length - shown.length;
  return left === 0 ? days.join(', ') : `${days.join(', ')} and ${left} more`;
}
