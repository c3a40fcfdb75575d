import type { Problem } from '../../contracts/outcome';
import type { RecoveryPoint } from '../../contracts/recovery-point';
import type { Runbook, RunbookItem, RunbookSection } from '../../contracts/runbook';
import { fetch } from './prove';
import { survivalNotices } from './survival';
import { check, instant, note, say, warning, withHubkeep } from './text';
import type { Place } from './tools';

export interface KitInput {
  readonly stamp: string;
  readonly hubkeepVersion: string;
  readonly place: Place;
  /** How the store is opened: `connection string`, `signature` or `identity`. */
  readonly access: string;
  /** Who signs in, where the settings tell. */
  readonly identity: string | undefined;
  /** What is set, without the values of secrets. */
  readonly settings: readonly { readonly name: string; readonly doc: string; readonly value?: string }[];
  readonly repository: KitRepository | Problem;
}

export type KitPoint = RecoveryPoint & { readonly isSuspect: boolean };

export interface KitRepository {
  readonly repositoryId: string;
  /** Newest first. */
  readonly points: readonly KitPoint[];
}

/** The sheet for the safe: where everything is and how to get at it, with nothing on it that would open it. */
export function buildKit(input: KitInput): Runbook {
  const { stamp, place, access, identity, repository, hubkeepVersion } = input;
  const reached = 'repositoryId' in repository ? repository : undefined;
  const who =
    identity === undefined
      ? say`the identity of the host that Hubkeep runs on, or whoever is signed in there; its name is not in the settings: write it here`
      : say`${identity}`;
  return {
    ...{ kind: 'kit', format: 1, stamp, hubkeepVersion },
    title: `Break-glass sheet for the backups of App Service on stamp ${stamp}`,
    facts: [
      { name: 'Store', text: say`${place.store}` },
      {
        name: 'Container',
        text: say`${place.container}, and ${`${place.container}-sql`} where SQL Server wrote backups by itself`,
      },
      { name: 'Opened with', text: access === 'identity' ? who : say`${[access]}, a secret that is not on this sheet` },
      {
        name: 'Vault',
        text:
          place.vault === undefined
            ? say`none is configured: SystemSecrets.JSON is not kept by Hubkeep`
            : say`${place.vault}, opened by ${who}`,
      },
      {
        name: 'Repository',
        text: reached === undefined ? say`not known: the store was not reached` : say`${reached.repositoryId}`,
      },
      { name: 'Hubkeep', text: say`${hubkeepVersion}` },
    ],
    warnings: [
      ...('repositoryId' in repository
        ? []
        : [
            {
              code: repository.code,
              text: say`The store was not reached when this sheet was made: ${repository.message}. What follows was not checked, and points are not listed.`,
            },
          ]),
      ...survivalNotices(place),
    ],
    sections: [pointsSection(reached), settingsSection(input), restoreSection(input), withoutSection(input), keepSection()],
  };
}

function pointsSection(repository: KitRepository | undefined): RunbookSection {
  const items: RunbookItem[] =
    repository === undefined
      ? [
          note(
            say`Not known. ${'hubkeep list'} shows them; without Hubkeep they are the folders below ${'recovery-points'} in the container.`,
          ),
        ]
      : repository.points.length === 0
        ? [warning(say`There is no recovery point yet: nothing can be restored.`)]
        : [
            {
              type: 'table',
              columns: ['Recovery point', 'Taken', 'Outcome', 'Components', 'Secrets'],
              rows: repository.points.map(({ id, startedAt, outcome, components, secrets, isSuspect }) => [
                say`${id}`,
                [instant(startedAt)],
                [isSuspect ? `${outcome}, suspect` : outcome],
                [components.join(', ')],
                secrets?.status === 'succeeded' ? say`${secrets.name}, ${secrets.version}` : [],
              ]),
            },
            note(
              say`Each has its own runbook beside its record: ${'recovery-points/{id}/runbook.html'} in the container. Print that of the newest which is not suspect.`,
            ),
          ];
  return { id: 'points', title: 'The newest points', steps: [{ title: say`As of this sheet`, items }] };
}

function settingsSection({ settings }: KitInput): RunbookSection {
  return {
    id: 'settings',
    title: 'Settings to run Hubkeep again',
    steps: [
      {
        title: say`In a file for ${'--env-file'}, or in the environment`,
        items: [
          {
            type: 'table',
            columns: ['Setting', 'Value', 'What it is'],
            rows: settings.map(({ name, value, doc }) => [
              say`${name}`,
              value === undefined ? ['secret: kept at '] : say`${value}`,
              [doc],
            ]),
          },
          note(
            say`To restore, the settings of the store are enough, and ${'KEY_VAULT_URL'} with an identity for SystemSecrets.JSON. Write down where each secret is kept, never the secret.`,
          ),
        ],
      },
    ],
  };
}

function newestToRelyOn(points: readonly KitPoint[]): KitPoint | undefined {
  return points.find(({ isSuspect }) => !isSuspect) ?? points[0];
}

function restoreSection({ repository }: KitInput): RunbookSection {
  const newest = 'repositoryId' in repository ? (newestToRelyOn(repository.points)?.id ?? 'latest') : 'latest';
  return {
    id: 'with-hubkeep',
    title: 'With Hubkeep',
    steps: [
      {
        title: say`On any machine with Node.js 24 and these settings`,
        way: 'with-hubkeep',
        items: [
          withHubkeep('list', 'hubkeep list'),
          withHubkeep('runbook', 'hubkeep runbook latest --format html -o runbook.html'),
          note(
            say`The runbook has every step, from the check of what is stored to the roles of the stamp. The newest point as of this sheet: ${newest}.`,
          ),
          withHubkeep('verify', 'hubkeep verify latest --deep'),
          withHubkeep(
            'restore',
            'hubkeep restore latest --databases restored/databases --fileshare restored/fileshare --secrets secrets/SystemSecrets.JSON',
          ),
        ],
      },
    ],
  };
}

function withoutSection({ place }: KitInput): RunbookSection {
  return {
    id: 'without-hubkeep',
    title: 'Without Hubkeep',
    steps: [
      fetch(place, [place.container]),
      {
        title: say`Then by the runbook of the point`,
        way: 'without-hubkeep',
        items: [
          check(
            say`Open ${'store/recovery-points/{id}/runbook.html'} of the newest point in a browser: it has the commands without Hubkeep, and the script for the share.`,
          ),
          note(say`The record beside it names the vault, the secret and the version of SystemSecrets.JSON.`),
        ],
      },
    ],
  };
}

function keepSection(): RunbookSection {
  return {
    id: 'keep',
    title: 'This sheet',
    steps: [
      {
        title: say`Keep it where the stamp is not`,
        items: [
          check(say`Printed, in the safe, with the newest runbook. Made anew after each change of settings, store or vault.`),
          check(
            say`Somebody can open store and vault when the stamp, its identity provider and this machine are gone: the names of two people, and where their credentials are, are written on the back.`,
          ),
        ],
      },
    ],
  };
}
