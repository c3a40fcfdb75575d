import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { smbd, startSmbServer, type SmbServer } from './start-samba';

export interface SharedDirectories {
  /** The tenant file share. */
  readonly share: string;
  /** Where SQL Server writes its backups, as this machine sees it. */
  readonly staging: string;
  readonly password: string;
}

export interface SmbShare {
  readonly server: SmbServer;
  /** Those that name them, in place of paths. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Throws when this machine cannot offer a share over SMB, and says what it lacks. */
export function checkSmbServer(program = smbd): void {
  if (!existsSync(program)) {
    throw new Error(`To offer the share over SMB takes Samba's smbd, and there is no ${program} (Debian: apt-get install samba)`);
  }
  const isRoot = process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true']).status === 0;
  if (!isRoot) throw new Error('smbd has to be started as root: start the sandbox as root, or let sudo ask for no password');
}

/** Offers the directories as the shares `files` and `backup`, read-only. */
export async function startSmbShare({ share, staging, password }: SharedDirectories): Promise<SmbShare> {
  // Whoever made the files may read them, wherever they lie. Samba would follow links by itself, also those that lead in circles.
  const lines = [`force user = ${userInfo().username}`, 'follow symlinks = no'];
  const further = [{ name: 'backup', directory: staging, lines }];
  const server = await startSmbServer({ directory: share, password, share: lines, further });
  const url = `smb://127.0.0.1:${server.port}`;
  const settings = {
    FILE_SHARE_SMB_URL: `${url}/files`,
    SQL_BACKUP_DIRECTORY_LOCAL: `${url}/backup`,
    FILE_SHARE_USER: server.user,
    FILE_SHARE_PASSWORD: server.password,
  };
  return { server, settings, close: () => server.stop() };
}
