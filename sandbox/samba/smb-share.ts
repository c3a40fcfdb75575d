import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { smbd, startSmbServer, type SmbServer } from './start-samba';

export interface SharedDirectory {
  readonly directory: string;
  readonly password: string;
}

export interface SmbShare {
  readonly server: SmbServer;
  /** Those that name it, in place of FILE_SHARE_PATH. */
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

/** Offers a directory as the share `files`, read-only. */
export async function startSmbShare({ directory, password }: SharedDirectory): Promise<SmbShare> {
  // Whoever made the files may read them, wherever they lie. Samba would follow links by itself, also those that lead in circles.
  const share = [`force user = ${userInfo().username}`, 'follow symlinks = no'];
  const server = await startSmbServer({ directory, password, share });
  const settings = {
    FILE_SHARE_SMB_URL: `smb://127.0.0.1:${server.port}/files`,
    FILE_SHARE_USER: server.user,
    FILE_SHARE_PASSWORD: server.password,
  };
  return { server, settings, close: () => server.stop() };
}
