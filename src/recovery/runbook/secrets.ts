import type { RunbookSection, RunbookStep } from '../../contracts/runbook';
import type { SecretsCustody } from '../../contracts/secrets-custody';
import { bash } from './quote';
import { check, commandsOn, instant, note, say, warning, withHubkeep } from './text';
import type { RunbookInput } from './tools';

/** The file that Restore-AppServiceStamp reads. */
export function secretsSection(input: RunbookInput): RunbookSection {
  const { secrets } = input.point;
  return {
    id: 'secrets',
    title: 'SystemSecrets.JSON',
    steps:
      secrets?.status === 'succeeded' ? [age(secrets), withProgram(input, secrets), without(input, secrets)] : [nothingKept()],
  };
}

function age({ capturedAt, confirmedAt = capturedAt }: SecretsCustody): RunbookStep {
  return {
    title: say`Is it the right one`,
    items: [
      check(
        say`None of the four groups of secrets was rotated after ${[instant(confirmedAt)]}, when it was last handed over. Otherwise a later one is needed.`,
      ),
    ],
  };
}

function nothingKept(): RunbookStep {
  return {
    title: say`It is not in this point`,
    items: [
      check(say`Where the admin portal still works: App Service, Secrets, Download Secrets.`),
      check(
        say`Otherwise find a point that has it, made after the last rotation: ${'hubkeep list'}; or a version in the vault itself.`,
      ),
    ],
  };
}

function withProgram({ point }: RunbookInput, { vault }: SecretsCustody): RunbookStep {
  return {
    title: say`Fetch it`,
    way: 'with-hubkeep',
    items: [
      withHubkeep('restore-secrets', `hubkeep restore ${bash(point.id)} --secrets secrets/SystemSecrets.JSON`),
      note(say`It comes from ${vault}, in the very version of this point, to a directory for its owner alone.`),
    ],
  };
}

function without({ tools }: RunbookInput, custody: SecretsCustody): RunbookStep {
  const azure = commandsOn('recovery-host', 'bash', ['az']);
  const title = say`Fetch it with the Azure CLI`;
  const way = 'without-hubkeep';
  try {
    return {
      title,
      way,
      items: [azure('fetch-secrets', 'mkdir -p secrets', 'cd secrets', tools.keyVaultCommand(custody), 'cd ..')],
    };
  } catch {
    return {
      title,
      way,
      items: [
        warning(
          say`The record does not name a secret as Key Vault has them: vault ${custody.vault}, secret ${custody.name}, version ${custody.version}. Somebody may have changed it.`,
        ),
      ],
    };
  }
}
