import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workgroup, type SmbServer } from '../../sandbox/samba/start-samba';
import type { Context } from '../harness/context';
import type { Measured } from '../harness/measure';
import { remove } from '../harness/scratch';

/** A program that reads a directory of a share whole. */
export interface SmbReader {
  readonly name: string;
  read(directory: string): Promise<Measured>;
}

const program = join(__dirname, '..', 'programs', 'smb-read.js');

/** Hubkeep's own client, and the two that everybody has. None writes to a disk but rclone, which cannot do without. */
export async function smbReaders(context: Context, { port, user, password }: SmbServer): Promise<Record<Reader, SmbReader>> {
  const account = join(context.work, 'smb-account');
  await writeFile(account, `username = ${user}\npassword = ${password}\ndomain = ${workgroup}\n`, { mode: 0o600 });
  const PATH = process.env['PATH'];
  const obscured = execFileSync('rclone', ['obscure', '-'], { input: password, encoding: 'utf8' }).trim();
  let copies = 0;
  return {
    hubkeep: {
      name: "Hubkeep's client",
      read: (directory) =>
        context.measure({
          argv: [process.execPath, program, directory],
          env: { PATH, SMB_PORT: String(port), SMB_USER: user, SMB_PASSWORD: password, SMB_DOMAIN: workgroup },
        }),
    },
    smbclient: {
      name: 'smbclient',
      read: (directory) =>
        context.measure({
          argv: [
            'smbclient',
            '//127.0.0.1/files',
            '-p',
            String(port),
            '-A',
            account,
            '-m',
            'SMB3',
            '-E',
            '-D',
            directory,
            '-Tc',
            '/dev/null',
          ],
        }),
    },
    rclone: {
      name: 'rclone',
      async read(directory) {
        const target = join(context.work, `rclone-${copies++}`);
        const env = {
          ...{ PATH, RCLONE_CONFIG: '/dev/null', RCLONE_SMB_HOST: '127.0.0.1', RCLONE_SMB_PORT: String(port) },
          ...{ RCLONE_SMB_USER: user, RCLONE_SMB_PASS: obscured, RCLONE_SMB_DOMAIN: workgroup },
        };
        const measured = await context.measure({
          argv: ['rclone', 'copy', '--transfers', '16', `:smb:files/${directory}`, target],
          env,
        });
        await remove(target);
        return measured;
      },
    },
  };
}

type Reader = 'hubkeep' | 'smbclient' | 'rclone';
