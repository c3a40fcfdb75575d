import type { Warning } from '../contracts/outcome';
import { codeOf } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import type { Drop, DropFile } from '../ports/drop-file';

/** Wipes what was picked up. Nothing about it may cost the secrets, so whatever goes wrong is a warning. */
export interface DropWiper {
  /** To be called before anything is picked up, so that the operator learns at once that the place cannot be wiped. */
  check(): Promise<Warning[]>;
  wipe(drop: Drop): Promise<Warning[]>;
}

export function createDropWiper(dropFile: DropFile): DropWiper {
  return {
    check: () => warningsOf(() => dropFile.ensureWipeable()),
    wipe: (drop) => warningsOf(() => drop.wipe()),
  };
}

/** What is left of a file when a wipe was cut off, or might not remove what it had overwritten. */
export function isWiped({ content }: Drop): boolean {
  return content.length > 0 && content.every((byte) => byte === 0);
}

export function onlyZeros({ location }: DropFile): Warning {
  return {
    code: 'secrets.not-wiped',
    message: `${location} held nothing but zeros, as after a wipe that did not come to its end; the vault was relied on instead.`,
    hint: 'If it was to hold a newer SystemSecrets.JSON, leave that there again. If this comes back, let Hubkeep remove files there.',
  };
}

async function warningsOf(work: () => Promise<void>): Promise<Warning[]> {
  try {
    await work();
    return [];
  } catch (error) {
    const { message, hint } = toProblem(error);
    const code = codeOf(error) === 'secrets.unwipeable' ? 'secrets.unwipeable' : 'secrets.not-wiped';
    return [{ code, message, ...(hint === undefined ? {} : { hint }) }];
  }
}
