import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AzureOperation } from '../harness/azure-operation';
import type { Context } from '../harness/context';
import { runProcess } from '../harness/run-process';
import { remove } from '../harness/scratch';
import { openStore, type Store } from '../harness/store';
import { countTree } from '../trees/count-tree';
import type { Peer, PeerSession } from './peer';

/** The only port restic looks for an emulator on. */
const emulatorPort = 10_000;

export const resticToAzurite: Peer = {
  name: 'restic → Azurite',
  async open(context, { counted = false } = {}) {
    const store = await openStore(context, { port: emulatorPort, ...(counted ? { countAs } : {}) });
    const [, key = ''] = /AccountKey=([^;]+)/.exec(store.connectionString) ?? [];
    const repository = { RESTIC_REPOSITORY: 'azure:restic:/', AZURE_ACCOUNT_NAME: 'devstoreaccount1', AZURE_ACCOUNT_KEY: key };
    return openSession(context, { repository, store });
  },
};

export const resticToDirectory: Peer = {
  name: 'restic → directory',
  async open(context) {
    const directory = join(context.work, 'restic-repository');
    const store = {
      storedBytes: async () => (await countTree(directory)).bytes,
      counts: () => new Map<string, number>(),
      forgetCounts: () => undefined,
      close: () => remove(directory),
    };
    return openSession(context, { repository: { RESTIC_REPOSITORY: directory }, store });
  },
};

interface Repository {
  readonly repository: NodeJS.ProcessEnv;
  readonly store: Omit<Store, 'connectionString'>;
}

async function openSession(context: Context, { repository, store }: Repository): Promise<PeerSession> {
  const home = join(context.work, 'restic-home');
  const env = { PATH: process.env['PATH'], HOME: home, RESTIC_PASSWORD: 'bench', ...repository };
  const close = async () => {
    await store.close();
    await remove(home);
  };
  try {
    await mkdir(home);
    await runProcess({ argv: ['restic', '-q', 'init'], env }, context.signal);
    store.forgetCounts();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    backUp: (tree) => context.measure({ argv: ['restic', '-q', 'backup', '.'], env, directory: tree }),
    restore: (target) => context.measure({ argv: ['restic', '-q', 'restore', 'latest', '--target', target], env }),
    storedBytes: store.storedBytes,
    transactions: store.counts,
    close,
  };
}

function countAs({ operation, name }: AzureOperation): string {
  const [folder = '', ...rest] = name.split('/').filter((part) => part !== '');
  return name === '' ? operation : `${operation} (${folder}${rest.length > 0 || name.endsWith('/') ? '/' : ''})`;
}
