/** `npm run sandbox -- --dir DIR [--share PATH] [--azure-stack-hub LOGIN] [--availability-group] [--backup-to-url] [--smb]`: a pretend stamp that runs until it is told to end. */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scriptedFaults, type ScriptedFault } from './sql-server/scripted-faults';
import type { StampLogin } from './azure-stack-hub/stamp';
import { startSandbox, type SandboxOptions } from './start-sandbox';
import { untilSignal } from './until-signal';

const usage = `Usage: npm run sandbox -- --dir DIR [--share PATH] [--azure-stack-hub LOGIN]
                              [--availability-group] [--backup-to-url] [--smb] [--fault NAME …]
  --share PATH          this directory as the file share, instead of one that is made up
  --azure-stack-hub LOGIN
                        storage, vault and sign-in as of Azure Stack Hub; LOGIN is entra or adfs
  --availability-group  two SQL Servers in an availability group instead of one
  --fault NAME          SQL Server fails once in this way; may be given several times:
                        ${Object.keys(scriptedFaults).join(', ')}
  --smb                 share and staging directory over SMB instead of as paths; takes Samba's smbd, and root or sudo
  --backup-to-url       SQL Server writes its backups to blobs by itself (SQL_BACKUP_MODE=url)`;

function readArguments(): SandboxOptions | undefined {
  try {
    const { values } = parseArgs({
      options: {
        dir: { type: 'string' },
        share: { type: 'string' },
        'azure-stack-hub': { type: 'string' },
        'availability-group': { type: 'boolean', default: false },
        'backup-to-url': { type: 'boolean', default: false },
        smb: { type: 'boolean', default: false },
        fault: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return void process.stdout.write(`${usage}\n`);
    if (values.dir === undefined) return refuse('--dir is missing');
    const unknown = values.fault.find((name) => !(name in scriptedFaults));
    if (unknown !== undefined) return refuse(`there is no fault ${unknown}`);
    const { 'azure-stack-hub': azureStackHub } = values;
    if (azureStackHub !== undefined && !isLogin(azureStackHub)) return refuse('--azure-stack-hub is entra or adfs');
    const options = {
      azureStackHub,
      faults: values.fault.map((name) => scriptedFaults[name as ScriptedFault]),
      directory: values.dir,
      availabilityGroup: values['availability-group'],
      backupToUrl: values['backup-to-url'],
      smb: values.smb,
    };
    if (values.share === undefined) return options;
    const found = statSync(values.share, { throwIfNoEntry: false });
    return found?.isDirectory() ? { ...options, share: values.share } : refuse(`${values.share} is not a directory`);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function isLogin(text: string): text is StampLogin {
  return text === 'entra' || text === 'adfs';
}

function refuse(reason: string): undefined {
  process.stderr.write(`${reason}\n${usage}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options === undefined) return;
  const ended = untilSignal();
  process.stderr.write(`Starting a pretend stamp in ${options.directory}\n`);
  const sandbox = await startSandbox(options);
  process.stdout.write(`ready ${sandbox.envFile}\n`);
  await ended;
  await sandbox.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
