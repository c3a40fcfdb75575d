import { parseEnv } from 'node:util';
import { hostSettings, settingNames } from './schema';

const known: readonly string[] = [...settingNames, ...hostSettings];
/** Of the hosts, the SDKs and Node.js, whose settings rightly stand beside ours. */
const foreign = /^(AZURE_|NODE_|APPLICATIONINSIGHTS_|AzureWebJobs|FUNCTIONS_|WEBSITE_)|^(HTTPS?|NO)_PROXY$/i;
const looksLikeSetting = /^[A-Z][A-Z0-9_]{0,63}$/;
const mostTypingErrors = 3;

/** One sentence for each line of a settings file that has no effect, or less than it says. Holds no value, nor what might be a piece of one. */
export function envFileDoubts(file: string, content: string): string[] {
  const { names, inValues } = understood(content);
  return content.split(/\r?\n/).flatMap((written, i) => {
    const line = written.trim();
    if (line === '' || line.startsWith('#') || inValues.has(line)) return [];
    if (!line.includes('=')) return [`line ${i + 1} of ${file} has no = and is not read`];
    const name = line
      .slice(0, line.indexOf('='))
      .replace(/^export\s+/, '')
      .trim();
    if (isCut(line.slice(line.indexOf('=') + 1)))
      return [`line ${i + 1} of ${file}: the value of ${name} ends before its #; put it in quotes`];
    if (known.includes(name) || foreign.test(name)) return [];
    const meant = nearest(name);
    // A value that is broken over lines can look like a name.
    const what = (names.has(name) && looksLikeSetting.test(name)) || meant !== undefined ? name : `line ${i + 1}`;
    const question = meant === undefined ? '' : `; did you mean ${meant}?`;
    return [`${what} in ${file} is not a setting of Hubkeep${question}`];
  });
}

/** A # begins a comment wherever it stands outside of quotes, which nobody means who puts no blank before it. */
function isCut(value: string): boolean {
  return !/^\s*["'`]/.test(value) && /\S#/.test(value.replace(/\s#.*$/, ''));
}

function understood(content: string) {
  const parsed = parseEnv(content);
  const broken = Object.values(parsed).filter((value) => value?.includes('\n'));
  const inValues = broken.flatMap((value) => (value ?? '').split(/\r?\n/).slice(1));
  // The last line of such a value ends with its quote.
  const lines = inValues.flatMap((line) => ['', '"', "'", '`'].map((quote) => `${line}${quote}`.trim()));
  return { names: new Set(Object.keys(parsed)), inValues: new Set(lines) };
}

function nearest(name: string): string | undefined {
  const [best] = settingNames
    .map((candidate) => ({ candidate, errors: editDistance(name.toUpperCase(), candidate) }))
    .sort((a, b) => a.errors - b.errors);
  return best !== undefined && best.errors <= mostTypingErrors ? best.candidate : undefined;
}

/** How many letters to add, leave out or replace to make one of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const [above = 0, diagonal = 0, left = 0] = [row[j + 1], row[j], next[j]];
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
