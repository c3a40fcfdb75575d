import type { RunbookSection, RunbookStep } from '../../contracts/runbook';
import { sourceServers } from './facts';
import { check, commandsOn, note, say } from './text';
import { sqlcmdStep } from './sqlcmd';
import { keptDatabases, type RunbookInput } from './tools';

const onFileServer = commandsOn('file-server', 'powershell');

/** What has to be there before anything is overwritten. */
export function prepareSection(input: RunbookInput): RunbookSection {
  const { databases, fileshare } = input.point;
  return {
    id: 'prepare',
    title: 'Have ready',
    steps: [
      inHand(),
      ...(databases === undefined ? [] : sqlServerSteps(input)),
      ...(fileshare === undefined ? [] : [fileServerStep(), portsStep()]),
    ],
  };
}

function inHand(): RunbookStep {
  return {
    title: say`In hand, and not kept by Hubkeep`,
    items: [
      check(
        say`The password of ${'roleadmin'} on the controllers, of an administrator of SQL Server, and of ${'FileShareOwner'} and ${'FileShareUser'}.`,
      ),
      check(
        say`The version of App Service that was running, its offline installer, and its helper scripts (${'https://aka.ms/appsvconmashelpers'}), which hold ${String.raw`BCDR\ReACL.cmd`}.`,
      ),
      check(say`The four certificates (PFX with passwords), the identity application, and the list of custom worker tiers.`),
      note(
        say`Restore onto the version the point was made with. Whether an older backup works on a newer version is not documented.`,
      ),
    ],
  };
}

function sqlServerSteps(input: RunbookInput): RunbookStep[] {
  const servers = sourceServers(input.point);
  const contained = keptDatabases(input.point).some(({ databaseFacts }) => databaseFacts?.containment === 'PARTIAL');
  const main = keptDatabases(input.point).find(({ database }) => database.toLowerCase() !== 'master') ?? servers[0];
  const { sql } = input.tools;
  return [
    {
      title: say`SQL Server`,
      items: [
        check(
          say`Set up as for a new install of App Service: mixed mode (SQL Server logins), reachable from the subnets of all roles. A named instance also needs SQL Browser and port 1434.`,
        ),
        {
          type: 'table',
          columns: ['From server', 'Version', 'Edition', 'Collation', 'Contained users'],
          rows: servers.map(({ server, serverVersion, edition, serverFacts }) => [
            say`${server}`,
            say`${serverVersion}`,
            say`${edition}`,
            serverFacts === undefined ? [] : say`${serverFacts.collation}`,
            serverFacts?.containedAuthentication === undefined ? [] : [serverFacts.containedAuthentication ? 'on' : 'off'],
          ]),
        },
        note(say`The target must have that version or a newer one: a backup of a newer version is refused (error 3169).`),
      ],
    },
    passwordStep(),
    sqlcmdStep(input, { title: say`Look at the target`, id: 'look-at-server', backup: main, statement: sql.lookAtServer }, [
      note(
        say`${'windowsLoginsOnly'} must be 0, and ${'contained database authentication'} must be 1${[contained ? ': the databases hold their own users, and without it their restore fails (error 12824)' : ''].filter(Boolean)}. Where it is 0:`,
      ),
    ]),
    sqlcmdStep(input, {
      title: say`Allow contained users`,
      id: 'allow-contained',
      backup: main,
      statement: sql.allowContainedUsers,
    }),
  ];
}

function passwordStep(): RunbookStep {
  return {
    title: say`The password, for this session only`,
    items: [
      commandsOn('sql-server', 'powershell')(
        'sql-password',
        "$sqlAdmin = Read-Host 'Login of an administrator of SQL Server'",
        "$env:SQLCMDPASSWORD = [Net.NetworkCredential]::new('', (Read-Host 'Its password' -AsSecureString)).Password",
      ),
      note(
        say`sqlcmd reads it from there, so that it never stands on a command line. ${'-b'} makes it tell a failed statement by its exit code, ${'-x'} keeps it from replacing anything in names, ${'-f 65001'} reads files as UTF-8: save them so. Add ${'-C'} where the certificate of the server is not trusted.`,
      ),
    ],
  };
}

function fileServerStep(): RunbookStep {
  return {
    title: say`File server`,
    items: [
      check(
        say`Set up as for a new install: groups ${'FileShareOwners'} and ${'FileShareUsers'}, accounts ${'FileShareOwner'} and ${'FileShareUser'} in them, a share ${'WebSites'} with full control for Everyone.`,
      ),
      note(
        say`The permissions of its folder; put your folder and domain in. In a workgroup leave the domain and its backslash out.`,
      ),
      onFileServer(
        'folder-permissions',
        String.raw`$folder = 'C:\WebSites'; $domain = 'DOMAIN'`,
        'icacls $folder /reset',
        "icacls $folder /grant 'Administrators:(OI)(CI)(F)'",
        String.raw`icacls $folder /grant "$domain\FileShareOwners:(OI)(CI)(M)"`,
        'icacls $folder /inheritance:r',
        String.raw`icacls $folder /grant "$domain\FileShareUsers:(CI)(S,X,RA)"`,
        "icacls $folder /grant '*S-1-1-0:(OI)(CI)(IO)(RA,REA,RD)'",
      ),
    ],
  };
}

function portsStep(): RunbookStep {
  return {
    title: say`Ports`,
    items: [
      check(say`Roles reach SQL Server (1433 unless it has another port) and the file server (SMB, 445).`),
      check(
        say`With an existing virtual network, ${'WorkersNsg'} lets workers out: ${'Outbound_Allow_SMB445'} (priority 700), and ${'Outbound_Allow_LDAP_and_Kerberos_to_Domain_Controllers'} (389 and 88, priority 710).`,
      ),
    ],
  };
}
