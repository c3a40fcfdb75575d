import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../sandbox/azurite';

/** Settings for a backup of a small share into a real Azurite, and what is behind them. */
export interface AzureStage {
  readonly share: string;
  /** Complete settings, with a container of its own for every caller. */
  settings(container: string): Record<string, string>;
  close(): Promise<void>;
}

export async function openAzureStage(): Promise<AzureStage> {
  const directory = mkdtempSync(join(tmpdir(), 'hubkeep-'));
  const share = join(directory, 'share');
  fillShare(share);
  const azurite = await startAzurite({ directory: join(directory, 'azurite') });
  return {
    share,
    settings: (container) => ({
      BACKUP_COMPONENTS: 'fileshare',
      BACKUP_CONTAINER: container,
      BACKUP_STORAGE_CONNECTION_STRING: azurite.connectionString,
      FILE_SHARE_PATH: share,
      STAMP_NAME: 'test-stamp',
    }),
    async close() {
      await azurite.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Sites with text, repeated content, an empty folder and a link. */
function fillShare(share: string): void {
  for (const site of ['alpha', 'beta', 'gamma']) {
    const wwwroot = join(share, site, 'site', 'wwwroot');
    mkdirSync(join(wwwroot, 'empty'), { recursive: true });
    for (let i = 0; i < 20; i++) writeFileSync(join(wwwroot, `page-${i}.html`), `<p>page ${i}</p>\n`.repeat(i + 1));
    writeFileSync(join(wwwroot, 'own.txt'), `only in ${site}\n`);
  }
  writeFileSync(join(share, 'alpha', 'large.bin'), Buffer.alloc(3_000_000, 7));
  symlinkSync('page-1.html', join(share, 'alpha', 'site', 'wwwroot', 'index.html'));
}
