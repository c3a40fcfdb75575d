import type { FileShareRecord } from '../../contracts/recovery-point';
import type { RunbookItem, RunbookSection, RunbookStep } from '../../contracts/runbook';
import { shownPath } from '../../contracts/share-path';
import { countInWords } from '../../contracts/words';
import { bash, powershellPath } from './quote';
import { restoreShareScript } from './restore-share-script';
import { check, commandsOn, note, say, warning, withHubkeep } from './text';
import type { RunbookInput } from './tools';

const onHost = commandsOn('recovery-host', 'bash', ['python3', 'zstd']);
const onFileServer = commandsOn('file-server', 'powershell');
const mostNamed = 20;

/** The second of the three. */
export function fileShareSection(input: RunbookInput): RunbookSection {
  const { fileshare } = input.point;
  return {
    id: 'fileshare',
    title: 'File share',
    steps:
      fileshare?.status === 'succeeded'
        ? [...notCopied(fileshare), fetchWithHubkeep(input), fetchWithout(input), copy(input, fileshare), permissions()]
        : [
            {
              title: say`Nothing to restore from this point`,
              items: [check(say`Find a point that has the share: ${'hubkeep list'}.`)],
            },
          ],
  };
}

function notCopied({ counts, failed }: FileShareRecord): RunbookStep[] {
  if (counts.failed === 0) return [];
  const named = failed.first.slice(0, mostNamed);
  const rest = counts.failed - named.length;
  const items: RunbookItem[] = named.map(({ path, message, keptEarlier }) =>
    warning(say`${shownPath(path)}: ${message}${[keptEarlier ? ' (its earlier content is there)' : ''].filter(Boolean)}`),
  );
  const where = failed.all === undefined ? say`the record` : say`${failed.all.key}`;
  const more = rest > 0 ? [note(say`And ${[countInWords(rest)]} more: ${where} has them.`)] : [];
  return [{ title: say`What could not be copied`, items: [...items, ...more] }];
}

function fetchWithHubkeep({ point }: RunbookInput): RunbookStep {
  return {
    title: say`Fetch the share`,
    way: 'with-hubkeep',
    items: [
      withHubkeep('restore-fileshare', `hubkeep restore ${bash(point.id)} --fileshare restored/fileshare`),
      note(say`Killed in the middle, it goes on with the same command. Some paths only: ${'--include GLOB'}.`),
    ],
  };
}

function fetchWithout({ point }: RunbookInput): RunbookStep {
  return {
    title: say`Fetch the share from what was fetched`,
    way: 'without-hubkeep',
    items: [
      note(say`Save this as ${'restore-share.py'}; it checks each file against the index, and needs three processes a file.`),
      { type: 'file', name: 'restore-share.py', language: 'python', text: restoreShareScript },
      onHost('restore-share', `python3 restore-share.py store ${bash(point.id)} restored/fileshare`),
      note(say`It has to end with ${'0 damaged files'}.`),
    ],
  };
}

/** A mounted path says nothing of the address that stamps use. */
export function shareAddress({ point, targets }: Pick<RunbookInput, 'point' | 'targets'>): string {
  if (targets.share !== undefined) return targets.share;
  const source = point.fileshare?.status === 'succeeded' ? point.fileshare.source : '';
  return source.startsWith('\\\\') ? source : String.raw`\\<file server>\WebSites`;
}

function copy(input: RunbookInput, { counts, source }: FileShareRecord): RunbookStep {
  return {
    title: say`Copy it onto the share`,
    items: [
      check(
        say`Bring what is in ${'restored/fileshare'} to where the file server can read it, and put that path in. An account is asked for where it is a share of another machine.`,
      ),
      onFileServer(
        'copy-share',
        String.raw`$source = '\\<recovery host>\fileshare'`,
        `$destination = ${powershellPath(shareAddress(input))}`,
        String.raw`net use $source /user:<domain\username> *`,
        'robocopy $source $destination /E /R:3 /W:5 /NP /LOG:robocopy.log',
        "if ($LASTEXITCODE -ge 8) { throw 'robocopy failed: see robocopy.log' }",
        'net use $source /delete',
      ),
      note(
        say`${'/E'} takes folders too: without it only the top files are copied. Robocopy's own default is a million tries for each locked file; its exit codes below 8 are successes.`,
      ),
      note(say`The share as Hubkeep saw it was ${source}.`),
      ...(counts.symlinks === 0
        ? []
        : [
            warning(
              say`The share holds ${[countInWords(counts.symlinks)]} links. Robocopy follows links: add ${'/SL'} to copy them as links.`,
            ),
          ]),
    ],
  };
}

function permissions(): RunbookStep {
  return {
    title: say`Permissions`,
    items: [
      note(
        say`Access control lists are not in a recovery point, and robocopy without ${'/COPYALL'} brings none. App Service rebuilds them:`,
      ),
      check(
        say`On the file server, in an elevated prompt, run ${'ReACL.cmd'} from the folder ${'BCDR'} of the helper scripts. What arguments it takes is not published: look into it first.`,
      ),
    ],
  };
}
