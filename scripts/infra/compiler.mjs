// The Bicep compiler of the version that infra/compiler.csproj names: from the PATH, the Azure CLI, or fetched by dotnet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const project = join(root, 'infra/compiler.csproj');
const cache = join(root, 'node_modules/.cache/bicep');

export const pinned = /Version="\[(.+?)\]"/.exec(readFileSync(project, 'utf8'))[1];

/** Undefined where there is none. `tell` gets a line when it is not of the pinned version. */
export function findCompiler(tell) {
  const installed = [['bicep'], ['az', 'bicep']].map((command) => ({ command, version: versionOf(command) }));
  const found =
    installed.find(({ version }) => version === pinned) ?? fetched() ?? installed.find(({ version }) => version !== undefined);
  if (found === undefined) return undefined;
  if (found.version !== pinned)
    tell(`${found.command.join(' ')} is of version ${found.version}, not ${pinned}: what it writes may differ`);
  // The Azure CLI takes the file as an option, and has no snapshots; it is good for finding its own compiler only.
  return found.command[0] === 'az' ? ownCompilerOfAzureCli() : found;
}

function versionOf([program, ...rest]) {
  const [args, shell] = rest.length > 0 ? [[...rest, 'version'], process.platform === 'win32'] : [['--version'], false];
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8', shell });
  return status === 0 ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

function ownCompilerOfAzureCli() {
  const home = process.env.AZURE_CONFIG_DIR ?? join(process.env.HOME ?? process.env.USERPROFILE, '.azure');
  const command = [join(home, 'bin', process.platform === 'win32' ? 'bicep.exe' : 'bicep')];
  return existsSync(command[0]) ? { command, version: versionOf(command) } : undefined;
}

function fetched() {
  const platform = platformName();
  const file = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  const command = [join(cache, `azure.bicep.commandline.${platform}`, pinned, 'tools', file)];
  if (existsSync(command[0])) return { command, version: pinned };
  const args = [
    'restore',
    project,
    '--packages',
    cache,
    `-p:BicepPlatform=${platform}`,
    `-p:BaseIntermediateOutputPath=${cache}/obj/`,
  ];
  const { status, error, stdout } = spawnSync('dotnet', args, { encoding: 'utf8' });
  if (error === undefined && status !== 0) process.stderr.write(stdout);
  return status === 0 && existsSync(command[0]) ? { command, version: pinned } : undefined;
}

function platformName() {
  const isMusl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
  const system = { win32: 'win', darwin: 'osx' }[process.platform] ?? (isMusl ? 'linux-musl' : 'linux');
  return `${system}-${process.arch}`;
}
