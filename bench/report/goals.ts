import type { Results } from './results';
import { count, markdownTable, megabytes, ratio } from './words';

interface Goal {
  readonly what: string;
  readonly section: string;
  readonly figure: string;
  readonly limit: number;
  /** At least the limit, where a goal is usually at most. */
  readonly atLeast?: boolean;
  readonly inWords: (value: number) => string;
}

const modules = { section: 'share-modules', inWords: ratio };

export const goals: readonly Goal[] = [
  { ...modules, what: '80,000 real files, first backup ÷ restic into the same Azurite', figure: 'first ÷ restic', limit: 0.6 },
  { ...modules, what: 'the same ÷ restic into a local directory', figure: 'first ÷ restic directory', limit: 0.65 },
  { ...modules, what: 'nothing changed ÷ restic', figure: 'unchanged ÷ restic', limit: 0.3 },
  { ...modules, what: 'nothing changed ÷ `find -printf`', figure: 'unchanged ÷ find', limit: 5 },
  { ...modules, what: 'restore ÷ restic', figure: 'restore ÷ restic', limit: 0.6 },
  { ...modules, what: 'stored bytes ÷ restic', figure: 'stored ÷ restic', limit: 0.9 },
  {
    what: "the sandbox's share, first backup ÷ restic into the same Azurite",
    section: 'share-sandbox',
    figure: 'first ÷ restic',
    limit: 1,
    inWords: ratio,
  },
  {
    what: '20,000 small files, files a second ÷ rclone',
    section: 'small',
    figure: 'files a second ÷ rclone',
    limit: 25,
    atLeast: true,
    inWords: ratio,
  },
  { what: 'the same, storage transactions', section: 'small', figure: 'transactions', limit: 20, inWords: count },
  {
    what: '1,000,000 tiny files, peak memory of the first backup',
    section: 'memory',
    figure: 'first peak',
    limit: 300e6,
    inWords: megabytes,
  },
  {
    what: '1,000,000 tiny files, peak memory when nothing changed',
    section: 'memory',
    figure: 'unchanged peak',
    limit: 300e6,
    inWords: megabytes,
  },
  {
    what: 'peak memory of the first backup ÷ that of 100,000 files',
    section: 'memory',
    figure: 'first peak ÷ fewer',
    limit: 1.3,
    inWords: ratio,
  },
  {
    what: 'peak memory when nothing changed ÷ that of 100,000 files',
    section: 'memory',
    figure: 'unchanged peak ÷ fewer',
    limit: 1.3,
    inWords: ratio,
  },
  {
    what: 'one file of 2 GB, first backup ÷ SDK `uploadFile`',
    section: 'large',
    figure: 'first ÷ SDK',
    limit: 1.1,
    inWords: ratio,
  },
  {
    what: 'a staged backup of 2 GB, MB/s ÷ SDK `uploadFile` with the same blocks',
    section: 'database',
    figure: 'MB/s ÷ SDK',
    limit: 0.9,
    atLeast: true,
    inWords: ratio,
  },
  {
    what: 'the same, peak memory ÷ that of 500 MB',
    section: 'database',
    figure: 'peak ÷ a quarter',
    limit: 1.1,
    inWords: ratio,
  },
  {
    what: 'loading the packaged Functions app ÷ loading an empty durable-functions app from node_modules',
    section: 'cold-load',
    figure: 'load ÷ empty',
    limit: 1.5,
    inWords: ratio,
  },
  { what: '5,000 small files over SMB, files a second ÷ smbclient', section: 'smb', figure: 'small ÷ smbclient', ...atLeast(2) },
  { what: 'the same ÷ rclone', section: 'smb', figure: 'small ÷ rclone', ...atLeast(2) },
  { what: 'one file of 500 MB over SMB, MB/s ÷ smbclient', section: 'smb', figure: 'large ÷ smbclient', ...atLeast(1) },
  { what: 'the same ÷ rclone', section: 'smb', figure: 'large ÷ rclone', ...atLeast(1) },
  {
    what: '5,000 small files, first backup over SMB ÷ through a path',
    section: 'smb',
    figure: 'backup ÷ path',
    limit: 1.5,
    inWords: ratio,
  },
];

function atLeast(limit: number): Pick<Goal, 'limit' | 'atLeast' | 'inWords'> {
  return { limit, atLeast: true, inWords: ratio };
}

/** Every goal with what the newest results say about it. */
export function goalsText(results: Results): string {
  const rows = goals.map(({ what, section, figure, limit, atLeast = false, inWords }) => {
    const wanted = `${atLeast ? '≥' : '≤'} ${inWords(limit)}`;
    const value = results[section]?.figures[figure];
    if (value === undefined) return [what, wanted, 'not measured', ''];
    const isMet = atLeast ? value >= limit : value <= limit;
    return [what, wanted, inWords(value), isMet ? 'yes' : 'no'];
  });
  return `## Goals\n\n${markdownTable(['what', 'goal', 'measured', 'met'], rows)}`;
}
