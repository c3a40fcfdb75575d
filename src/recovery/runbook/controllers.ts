import type { RunbookItem, RunbookSection, RunbookStep } from '../../contracts/runbook';
import { powershell, powershellPath, sqlcmdServer } from './quote';
import { check, commandsOn, note, prompt, say, warning } from './text';
import type { RunbookInput } from './tools';

const onController = commandsOn('controller', 'powershell');

/** The third of the three: roles and services, on the controllers. */
export function controllersSection(input: RunbookInput): RunbookSection {
  return {
    id: 'controllers',
    title: 'Roles and services',
    steps: [
      openDoor(),
      stopServices(),
      restoreStamp(input),
      restoreRoles(),
      startServices(),
      synchronise(),
      credentials(),
      closeDoor(),
    ],
  };
}

function openDoor(): RunbookStep {
  return {
    title: say`Open the way in`,
    items: [
      check(
        say`In the admin portal, network security group ${'ControllersNSG'}, rule ${'Inbound_Rdp_3389'}: set it to Allow. It is Deny otherwise, and is set back below.`,
      ),
      check(
        say`Sign in by RDP to ${'CN0-VM'} (resource group ${'AppService.<region>'} unless it was named otherwise) as ${'roleadmin'}, with the password given at the installation.`,
      ),
      check(say`Copy ${'SystemSecrets.JSON'} there, to a folder of its own, ${String.raw`C:\HubkeepSecrets`} below.`),
    ],
  };
}

function stopServices(): RunbookStep {
  return {
    title: say`Stop the services, on every controller`,
    items: [
      note(
        say`On ${'CN0-VM'} and on ${'CN1-VM'}, each in an elevated PowerShell. Microsoft's recovery page names one controller; its pages on migration stop the services on all of them.`,
      ),
      onController('stop-services', 'net stop WebFarmService', 'net stop ResourceMetering'),
      note(say`App Service 1.4 and older also: ${'net stop HostingVssService'}.`),
    ],
  };
}

function restoreStamp({ point, targets }: RunbookInput): RunbookStep {
  const servers = (point.databases?.items ?? []).map(({ server }) => plainAddress(server));
  const source = point.fileshare?.status === 'succeeded' ? plainAddress(point.fileshare.source) : '';
  const { sqlServer, share } = targets;
  const otherServer = sqlServer === undefined || servers.includes(plainAddress(sqlServer)) ? undefined : sqlServer;
  const otherShare = share === undefined || plainAddress(share) === source ? undefined : share;
  const overrides = [
    ...(otherServer === undefined ? [] : [`-OverrideDatabaseServer ${powershell(sqlcmdServer(otherServer))}`]),
    ...(otherShare === undefined ? [] : [`-OverrideContentShare ${powershellPath(otherShare)}`]),
  ];
  const command = [String.raw`Restore-AppServiceStamp -FilePath C:\HubkeepSecrets\SystemSecrets.JSON`, ...overrides].join(' ');
  const items: RunbookItem[] = [
    note(say`On ${'CN0-VM'} alone, elevated.`),
    onController('restore-stamp', command),
    prompt(
      say`It shows key values, and waits.`,
      say`ENTER to go on, if they are right. To stop, close the window. They are secrets: nobody else should see the screen.`,
    ),
    ...(overrides.length === 0
      ? [
          note(
            say`Nothing says that database server or share have other addresses than before. If one has, print this runbook again with ${'--target-sql'} or ${'--target-share'}, or add ${'-OverrideDatabaseServer'} with the server, or ${'-OverrideContentShare'} with the UNC path.`,
          ),
        ]
      : [note(say`The overrides are for addresses that differ from those of before. Leave out one that does not.`)]),
    warning(
      say`It removes the workers of custom worker tiers; the next command looks at every scale set and adds them back. Compare with your list afterwards.`,
    ),
    note(
      say`The pages on migration also pass ${'-CoreBackupFilePath'}. What that does is not documented, and the recovery page does without.`,
    ),
  ];
  return { title: say`Give the stamp its keys back`, items };
}

function restoreRoles(): RunbookStep {
  return { title: say`Restore the roles`, items: [onController('restore-roles', 'Restore-AppServiceRoles')] };
}

function startServices(): RunbookStep {
  return {
    title: say`Start the services, on every controller`,
    items: [
      onController('start-services', 'net start WebFarmService', 'net start ResourceMetering'),
      note(say`App Service 1.4 and older also: ${'net start HostingVssService'}.`),
    ],
  };
}

function synchronise(): RunbookStep {
  return {
    title: say`Synchronise sites and plans`,
    items: [
      check(say`Wait until the services are up and at least one management server is Ready.`),
      onController(
        'synchronise',
        'Get-AppServiceSite | Sync-AppServiceObject',
        'Get-AppServiceServerFarm | Sync-AppServiceObject',
      ),
      prompt(say`Each asks whether to go on.`, say`Y, for all.`),
      check(say`Close that PowerShell: the recovery page recommends it strongly.`),
    ],
  };
}

function credentials(): RunbookStep {
  return {
    title: say`Only where accounts of the file share have other passwords or names`,
    items: [
      check(
        say`On ${'CN0-VM'} open the Web Cloud Management Console. Both controllers have to be Ready. Under Credentials edit ${'FileShareOwnerCredential'} and ${'FileShareUserCredential'}.`,
      ),
      check(say`Restart ${'CN0-VM'}, wait until it is Ready; then the same with ${'CN1-VM'}.`),
      check(say`Repair all other roles, one role type at a time.`),
    ],
  };
}

function closeDoor(): RunbookStep {
  return {
    title: say`Remove the secrets and close the way in`,
    items: [
      onController('remove-secrets', String.raw`Remove-Item -LiteralPath C:\HubkeepSecrets -Recurse -Force`),
      check(say`Empty the recycle bin there. Sign out of both controllers.`),
      check(say`Set rule ${'Inbound_Rdp_3389'} of ${'ControllersNSG'} back to Deny.`),
    ],
  };
}

function plainAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/[:,]1433$/, '')
    .replace(/\\+$/, '');
}
