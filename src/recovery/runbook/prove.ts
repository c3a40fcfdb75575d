import type { RunbookItem, RunbookSection, RunbookStep } from '../../contracts/runbook';
import { bash, digestLine } from './quote';
import { commandsOn, note, say, warning, withHubkeep } from './text';
import { keptDatabases, type Place, type RunbookInput } from './tools';

const onHost = commandsOn('recovery-host', 'bash', ['sha256sum']);
const azure = commandsOn('recovery-host', 'bash', ['az']);

/** Nothing is restored from what was not proven. */
export function proveSection(input: RunbookInput): RunbookSection {
  return {
    id: 'prove',
    title: 'Prove what is stored',
    steps: [workplace(input), verifyWithHubkeep(input), fetch(input.place, keptContainers(input)), verifyWithout(input)],
  };
}

function workplace({ marks }: RunbookInput): RunbookStep {
  return {
    title: say`A place to work`,
    items: [
      note(
        say`Commands for the recovery host are for a Bourne shell (on Windows: WSL or Azure Cloud Shell), and each section begins where this one does. It needs room for the backup files and the share.`,
      ),
      onHost('workplace', 'umask 077', 'mkdir -p hubkeep-recovery && cd hubkeep-recovery'),
      note(
        say`Take the way with Hubkeep, or the one without; both end with the same files in ${'restored'}. Hubkeep needs its settings: ${'hubkeep kit'} prints which, and is best printed before.`,
      ),
      ...(marks === undefined
        ? [
            note(
              say`This runbook was written when the point was made. What was found out about the point since is told by ${'hubkeep show'} and by the directory ${'marks'} beside this file.`,
            ),
          ]
        : []),
    ],
  };
}

function verifyWithHubkeep({ point }: RunbookInput): RunbookStep {
  return {
    title: say`Read and check every byte`,
    way: 'with-hubkeep',
    items: [
      withHubkeep('verify-deep', `hubkeep verify ${bash(point.id)} --deep`),
      note(
        say`It has to end with exit code 0. Otherwise it names the blobs that are damaged, what they hit, and the points that need them: take another point.`,
      ),
    ],
  };
}

function keptContainers({ point, place }: RunbookInput): string[] {
  const others = keptDatabases(point).flatMap(({ files }) => files.flatMap(({ container }) => container ?? []));
  return [...new Set([place.container, ...others])];
}

/** The storage account in an address: the first label of its host, or the first part of the path with an emulator. */
export function accountIn({ store, container }: Place): string {
  if (!URL.canParse(store)) return '<account>';
  const { hostname, pathname } = new URL(store);
  const [first = ''] = pathname.split('/').filter((part) => part !== '');
  return first !== '' && first !== container ? first : (hostname.split('.')[0] ?? '<account>');
}

export function fetch(place: Place, containers: readonly string[]): RunbookStep {
  const account = bash(accountIn(place));
  const endings = (container: string) => place.store.replace(/[^/]*$/, '') + container;
  return {
    title: say`Fetch the container`,
    way: 'without-hubkeep',
    items: [
      azure(
        'fetch-with-az',
        ...containers.map(
          (container) =>
            `az storage blob download-batch --account-name ${account} --source ${bash(container)} --destination store`,
        ),
      ),
      note(
        say`Or with azcopy and a shared access signature that may read and list, typed where ${'SAS'} stands. On Azure Stack Hub the first line is needed too.`,
      ),
      commandsOn('recovery-host', 'bash', ['azcopy'])(
        'fetch-with-azcopy',
        'export AZCOPY_DEFAULT_SERVICE_API_VERSION=2017-11-09',
        "read -rs -p 'SAS, without its question mark: ' SAS",
        ...containers.map((container) => `azcopy copy ${bash(`${endings(container)}/*`)}"?$SAS" store --recursive`),
        'unset SAS',
      ),
    ],
  };
}

function verifyWithout({ point }: RunbookInput): RunbookStep {
  const files = keptDatabases(point).flatMap(({ files }) => files);
  const lines = files.map(({ sha256, key }) => digestLine(sha256, `store/${key}`));
  const readable = lines.filter((line) => line !== undefined);
  const items: RunbookItem[] = [
    onHost('check-record', `(cd ${bash(`store/recovery-points/${point.id}`)} && sha256sum -c recovery-point.json.sha256)`),
    ...(readable.length === 0
      ? []
      : [
          note(say`The backup files of the databases, against the record:`),
          onHost('check-backups', "sha256sum -c <<'END'", ...readable, 'END'),
        ]),
    ...(readable.length < lines.length
      ? [warning(say`Some names in the record cannot be typed: look into the record itself.`)]
      : []),
    note(say`Every line has to end with OK. Files of the share are checked one by one when they are restored.`),
  ];
  return { title: say`Check the record and the backup files`, way: 'without-hubkeep', items };
}
