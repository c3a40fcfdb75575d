import type { Command } from 'commander';
import { relative } from 'node:path';
import { startSmbServer, workgroup, type SmbServer } from '../sandbox/samba/start-samba';
import { benchCommand, runBench, type CommonOptions } from './command';
import type { Context } from './harness/context';
import { interleave } from './harness/interleave';
import { requirePrograms } from './harness/programs';
import { hubkeep, hubkeepThrough } from './peers/hubkeep';
import { smbReaders, type SmbReader } from './peers/smb-readers';
import { withSession } from './peers/with-session';
import type { Report } from './report/report';
import { compare, createSheet, sheetTable } from './report/sheet';
import { count, megabytes } from './report/words';
import { largeFile, smallFiles } from './trees/generated-trees';

const files = 5000;
const largeBytes = 500e6;
const steps = {
  small: 'read small files',
  large: 'read the large file',
  backup: 'first backup of the small files',
  again: 'the next one, nothing changed',
};
const encrypted = (step: string) => `${step}, encrypted`;

export function addSmbBench(program: Command): void {
  benchCommand(program, 'smb', { runs: 5 })
    .description('a share over SMB: small files, a large one, and a backup; beside smbclient, rclone and a mounted path')
    .action((options: CommonOptions) => runBench(options, (context) => benchSmb(context, options)));
}

async function benchSmb(context: Context, { runs }: CommonOptions): Promise<Report> {
  const versions = requirePrograms(['smbclient', 'rclone']);
  const [small, large] = [await smallFiles(context, files), await largeFile(context, largeBytes)];
  // The trees belong to whoever runs the bench.
  const shown = { directory: context.trees, share: ['force user = root'] };
  const server = await startSmbServer(shown);
  try {
    const sealing = await startSmbServer({ ...shown, global: ['server smb encrypt = required'] });
    try {
      return await measureAll(context, { runs, versions, small, large, server, sealing });
    } finally {
      await sealing.stop();
    }
  } finally {
    await server.stop();
  }
}

interface Parts {
  readonly runs: number;
  readonly versions: Report['versions'];
  readonly small: string;
  readonly large: string;
  /** Signs, and encrypts for who wants it. */
  readonly server: SmbServer;
  /** Encrypts, for everybody. */
  readonly sealing: SmbServer;
}

async function measureAll(context: Context, { runs, versions, small, large, server, sealing }: Parts): Promise<Report> {
  const [readers, sealedReaders] = [await smbReaders(context, server), await smbReaders(context, sealing)];
  const [overSmb, overSealed] = [hubkeepOver('Hubkeep over SMB', server), hubkeepOver('Hubkeep over SMB, encrypted', sealing)];
  const sheet = createSheet(Object.values(readers).map(({ name }) => name));
  const backups = createSheet([overSmb.name, overSealed.name, hubkeep.name]);

  function hubkeepOver(name: string, { port, user, password }: SmbServer) {
    return hubkeepThrough(name, (tree) => ({
      FILE_SHARE_SMB_URL: `smb://127.0.0.1:${port}/files/${relative(context.trees, tree)}`,
      FILE_SHARE_USER: `${workgroup}\\${user}`,
      FILE_SHARE_PASSWORD: password,
    }));
  }

  async function readAll(step: string, tree: string, entries: readonly SmbReader[]) {
    await interleave({ runs, entries }, async ({ name, read }, run) => {
      context.say(`run ${run + 1} of ${runs}: ${step}, ${name}`);
      sheet.add(step, name, await read(relative(context.trees, tree)));
    });
  }

  for (const [step, tree] of [[steps.small, small] as const, [steps.large, large] as const]) {
    await readAll(step, tree, Object.values(readers));
    await readAll(encrypted(step), tree, Object.values(sealedReaders));
  }
  await interleave({ runs, entries: [overSmb, hubkeep, overSealed] }, async (peer, run) => {
    context.say(`run ${run + 1} of ${runs}: ${steps.backup}, ${peer.name}`);
    await withSession(context, { peer }, async ({ backUp }) => {
      for (const step of [steps.backup, steps.again]) backups.add(step, peer.name, await backUp(small));
    });
  });
  const faster = (step: string, theirs: { name: string }) =>
    1 / compare(sheet, { step, ours: readers.hubkeep.name, theirs: theirs.name });
  return {
    section: 'smb',
    title: 'A share over SMB',
    tree: `${count(files)} files of 1 to 20 KB of text, 8 in a directory; one file of ${megabytes(largeBytes)}`,
    runs,
    command: `npm run bench -- smb --runs ${runs}`,
    versions,
    body: `${sheetTable(sheet, readers.hubkeep.name)}\n\n${sheetTable(backups, overSmb.name)}\n\n${notes}`,
    figures: {
      'small ÷ smbclient': faster(steps.small, readers.smbclient),
      'small ÷ rclone': faster(steps.small, readers.rclone),
      'large ÷ smbclient': faster(steps.large, readers.smbclient),
      'large ÷ rclone': faster(steps.large, readers.rclone),
      'encrypted small ÷ smbclient': faster(encrypted(steps.small), readers.smbclient),
      'encrypted small ÷ rclone': faster(encrypted(steps.small), readers.rclone),
      'encrypted large ÷ smbclient': faster(encrypted(steps.large), readers.smbclient),
      'encrypted large ÷ rclone': faster(encrypted(steps.large), readers.rclone),
      'backup ÷ path': compare(backups, { step: steps.backup, ours: overSmb.name, theirs: hubkeep.name }),
      'unchanged ÷ path': compare(backups, { step: steps.again, ours: overSmb.name, theirs: hubkeep.name }),
    },
  };
}

const notes = `Debian's smbd on the same machine, in its default mode, signed, and with encryption required (\`server smb encrypt = required\`): client and server share the processors. Reading is listing and reading every byte, in a process of its own.
Hubkeep's client and smbclient (as a tar into \`/dev/null\`) keep nothing; rclone copies into a directory.`;
