import picomatch from 'picomatch';
import * as z from 'zod';
import { messageOf } from '../errors/message-of';
import { shareGlobs } from '../contracts/share-globs';
import type { SettingType } from './setting-types';

/** A comma list of globs over share paths, none at all when empty. A comma within brackets belongs to its glob. */
export const excludeGlobs: SettingType<readonly string[]> = z
  .string()
  .transform((written) => splitGlobs(written))
  .superRefine((globs, context) => {
    globs.forEach((glob, i) => {
      const problem = problemOf(glob);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `glob ${i + 1}, ${glob}, ${problem}` });
    });
  });

function splitGlobs(written: string): string[] {
  const globs: string[] = [];
  for (let from = 0; from <= written.length;) {
    const end = endOfGlob(written, from);
    globs.push(written.slice(from, end).trim());
    from = end + 1;
  }
  return [...new Set(globs)].filter((glob) => glob !== '');
}

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' };

/** Where a bracket is never closed, the next comma: one bad glob must not swallow those behind it. */
function endOfGlob(written: string, from: number): number {
  const open: string[] = [];
  for (let at = from; at < written.length; at++) {
    const character = written.charAt(at);
    const opened = open.at(-1) === ']' ? undefined : closing[character];
    if (character === '\\') at += 1;
    else if (opened !== undefined) open.push(opened);
    else if (character === open.at(-1)) open.pop();
    else if (character === ',' && open.length === 0) return at;
  }
  const comma = written.indexOf(',', from);
  return open.length === 0 || comma === -1 ? written.length : comma;
}

function problemOf(glob: string): string | undefined {
  if (glob.startsWith('!') && !glob.startsWith('!(')) return 'begins with !: say what is left out, not what is kept';
  if (/\\[\p{L}\p{N}_. -]/u.test(glob)) return 'has \\ before a plain character: write / between names';
  if (glob.startsWith('/') || glob.endsWith('/'))
    return 'begins or ends with /: it is compared with paths such as site/wwwroot/tmp';
  if (glob.split('/').some((name) => name === '' || name === '.' || name === '..'))
    return 'has an empty name, . or .. in it, which no path of the share has';
  try {
    picomatch.makeRe(glob, shareGlobs);
    return undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error).replace(/^Invalid regular expression: .*: /, '')}`;
  }
}
