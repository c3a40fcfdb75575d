import type { RunbookSection, Text } from '../../contracts/runbook';
import { check, commandsOn, note, say } from './text';

const emptyRows = 6;

/** Apps whose storage was on the stamp; nobody but their owners knows which. */
export function functionAppsSection(): RunbookSection {
  const columns = [
    'Function app',
    'Old storage account',
    'New storage account',
    'AzureWebJobsDashboard',
    'AzureWebJobsStorage',
    'Restarted',
  ];
  const empty = (): Text[] => columns.map(() => []);
  return {
    id: 'function-apps',
    title: 'Function apps',
    steps: [
      {
        title: say`One by one, where their storage was on the stamp`,
        items: [
          note(
            say`App Service does not restore data of tenants other than the file share. For each function app whose storage account is gone:`,
          ),
          check(say`Make a new storage account and take its connection string.`),
          check(
            say`In the functions portal, the app, Platform features, Application Settings: put it into ${'AzureWebJobsDashboard'} and ${'AzureWebJobsStorage'}, and save.`,
          ),
          check(say`Overview, Restart. It may take several tries.`),
          { type: 'table', columns, rows: Array.from({ length: emptyRows }, empty) },
        ],
      },
    ],
  };
}

export function afterwardsSection(): RunbookSection {
  return {
    id: 'afterwards',
    title: 'See that it works',
    steps: [
      {
        title: say`App Service`,
        items: [
          check(say`Admin portal, App Service, Roles: every role is Ready.`),
          check(say`A site that you know answers, with its content.`),
          check(say`A site can be made, published to and deleted.`),
          check(say`Custom worker tiers have their workers back.`),
          check(say`Metering runs: new rows of usage appear.`),
          check(say`With an availability group: both databases are in it, and synchronised.`),
        ],
      },
      {
        title: say`The next backup`,
        items: [
          commandsOn('recovery-host', 'bash', ['hubkeep'])('next-backup', "hubkeep backup --reason 'after recovery'"),
          note(say`The login and rights of Hubkeep are not in the databases: ${'hubkeep print-sql'} prints how to make them.`),
        ],
      },
    ],
  };
}

export function cleanUpSection(): RunbookSection {
  return {
    id: 'clean-up',
    title: 'Clean up',
    steps: [
      {
        title: say`Leave no secrets and no copies`,
        items: [
          check(
            say`${'SystemSecrets.JSON'} is gone from the controllers (section on roles), and its copy on the recovery host goes now:`,
          ),
          commandsOn('recovery-host', 'bash')('remove-secrets-copy', 'rm -rf secrets'),
          check(say`Rule ${'Inbound_Rdp_3389'} is Deny.`),
          check(
            say`Backup files on the SQL Server host, and what was restored on the recovery host, are deleted once nobody needs them.`,
          ),
          check(say`Rotate the secrets if anybody may have seen them; then download them and hand them over again.`),
        ],
      },
    ],
  };
}

export function unknownSection(): RunbookSection {
  return {
    id: 'unknown',
    title: 'What nobody has written down',
    steps: [
      {
        title: say`Where to call support`,
        items: [
          note(
            say`Microsoft's recovery page begins with a controller, ${'CN0-VM'}, that is there and can be reached. How to get controllers back after the whole stamp is lost is not written there: presumably App Service is deployed again in the same version, and then restored. Open a support case.`,
          ),
          note(
            say`Also undocumented: a restore onto a stamp of another region or name, an older backup under a newer version of App Service, what arguments ${'ReACL.cmd'} takes.`,
          ),
          note(
            say`These steps follow that page and fill gaps from Microsoft's other pages and general knowledge of SQL Server and Windows. They have not been tried on a real stamp.`,
          ),
        ],
      },
    ],
  };
}
