import { HubkeepError } from '../errors/hubkeep-error';

/** A part of a whole, written as `5%` or `5`. @returns up to 1. Throws `usage.invalid`. */
export function parseShare(written: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(written)?.[1];
  const share = Number(percent) / 100;
  if (share > 0 && share <= 1) return share;
  throw new HubkeepError('usage.invalid', `--sample ${written} is no share of the bytes`, {
    hint: 'Write it as percent: --sample 5%.',
  });
}
