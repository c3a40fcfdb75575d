import { join } from 'node:path';
import type { AzureOperation } from '../harness/azure-operation';
import { openStore } from '../harness/store';
import type { Peer } from './peer';

const main = join(__dirname, '..', '..', 'src', 'cli', 'main.js');

export const hubkeep = hubkeepThrough('Hubkeep', (tree) => ({ FILE_SHARE_PATH: tree }));

/** @param settingsOf how a tree is reached as a share */
export function hubkeepThrough(name: string, settingsOf: (tree: string) => Readonly<Record<string, string>>): Peer {
  return {
    name,
    async open(context, { counted = false } = {}) {
      const store = await openStore(context, counted ? { countAs } : {});
      let share = settingsOf('');
      const run = (...words: readonly string[]) =>
        context.measure({
          argv: [process.execPath, main, ...words, '--json'],
          env: {
            PATH: process.env['PATH'],
            BACKUP_STORAGE_CONNECTION_STRING: store.connectionString,
            BACKUP_COMPONENTS: 'fileshare',
            ...share,
          },
        });
      return {
        backUp(tree) {
          share = settingsOf(tree);
          return run('backup', '--components', 'fileshare');
        },
        restore: (target) => run('restore', 'latest', '--fileshare', target),
        storedBytes: store.storedBytes,
        transactions: store.counts,
        close: store.close,
      };
    },
  };
}

/** What a repository that is there already has no need of: other programs have a command of its own for it. */
export const forNew = '(new repository)';

/** What keeps a run alone and lets it be watched grows with its length, so it is told from what carries the backup. */
export function countAs({ operation, name }: AzureOperation): string {
  const [folder = '', , part] = name.split('/');
  if (operation === 'Create Container' || (operation === 'Put Blob' && name === 'hubkeep.json')) return `${operation} ${forNew}`;
  if (folder === 'locks') return `${operation} (run lock)`;
  if (folder === 'runs' && part === 'cancel.json') return `${operation} (look for a cancel)`;
  if (folder === 'runs' && part === 'progress') return `${operation} (progress)`;
  return name === '' ? operation : `${operation} (${folder}${name.includes('/') ? '/' : ''})`;
}
