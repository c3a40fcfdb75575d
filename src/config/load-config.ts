import type { Component } from '../contracts/components';
import { HubkeepError } from '../errors/hubkeep-error';
import { toConfig, type Config } from './config';
import {
  checkBackupMode,
  checkDropFile,
  checkHost,
  checkRotationWatch,
  checkServe,
  checkShare,
  checkSources,
  checkStaging,
  checkStorage,
} from './cross-checks';
import type { Written } from './cross-checks';
import { hostFactsOf } from './host-facts';
import { settingNames, settings, type Setting, type SettingName, type SettingValues } from './schema';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** False for commands that only read recovery points: on the day of a restore there is no SQL Server to name. */
  readonly sources?: boolean;
}

/**
 * Reads and checks every setting. Values are trimmed, an empty one is unset. Throws one `config.invalid` that has a
 * line for each problem; `details.problems` is their number, `details.settings` names them without their values.
 */
export function loadConfig(environment: Environment, { sources = true }: LoadOptions = {}): Config {
  const problems: string[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames) {
    const written = writtenOf(environment, name) ?? fallbackOf(name);
    if (written === undefined) continue;
    const answer = read(settings[name], written);
    if ('problem' in answer) problems.push(`${name}: ${answer.problem}`);
    else values[name] = answer.value;
  }

  const host = hostFactsOf(environment);
  const written: Written = {
    has: (name) => writtenOf(environment, name) !== undefined,
    components: (values.BACKUP_COMPONENTS as readonly Component[] | undefined) ?? [],
    backupMode: values.SQL_BACKUP_MODE as SettingValues['SQL_BACKUP_MODE'] | undefined,
    container: (values.BACKUP_CONTAINER as string | undefined) ?? '',
    storageUrl: values.BACKUP_STORAGE_URL as string | undefined,
    serverless: host.serverless,
    dropFile: values.SYSTEM_SECRETS_PATH as SettingValues['SYSTEM_SECRETS_PATH'],
    requiresEncryption: values.FILE_SHARE_REQUIRE_ENCRYPTION === true,
    stagingIsRemote: typeof values.SQL_BACKUP_DIRECTORY_LOCAL === 'object',
    openDirectories: {
      FILE_SHARE_PATH: pathIn(values.FILE_SHARE_PATH),
      SQL_BACKUP_DIRECTORY_LOCAL: pathIn(values.SQL_BACKUP_DIRECTORY_LOCAL),
    },
  };
  problems.push(
    ...checkStorage(written),
    ...(sources
      ? [checkSources, checkShare, checkStaging, checkHost, checkBackupMode, checkDropFile, checkRotationWatch].flatMap((check) =>
          check(written),
        )
      : []),
    ...checkServe(written),
  );
  if (problems.length > 0) throw invalid(problems);
  return toConfig(values as SettingValues, host);
}

function pathIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function writtenOf(environment: Environment, name: SettingName): string | undefined {
  return environment[name]?.trim() || undefined;
}

function fallbackOf(name: SettingName): string | undefined {
  const setting: Setting<unknown> = settings[name];
  return setting.fallback;
}

function read(setting: Setting<unknown>, written: string): { value: unknown } | { problem: string } {
  if (written.startsWith('@Microsoft.KeyVault(')) {
    return { problem: 'is a Key Vault reference that was not resolved; check that the host may read that secret' };
  }
  const answer = setting.type.safeParse(written);
  if (answer.success) return { value: answer.data };
  const wrong = [...new Set(answer.error.issues.map(({ message }) => message))].join('; ');
  return { problem: setting.secret ? wrong : `${wrong} (now: ${shortened(written)})` };
}

function shortened(written: string): string {
  return JSON.stringify(written.length > 80 ? `${written.slice(0, 80)}…` : written);
}

/** Every problem begins with the name of its setting. */
function settingsIn(problems: readonly string[]): string {
  return [...new Set(problems.map((problem) => problem.split(':', 1)[0] ?? ''))].join(', ');
}

function invalid(problems: readonly string[]): HubkeepError {
  const title = problems.length === 1 ? 'One setting needs attention' : `${problems.length} settings need attention`;
  return new HubkeepError('config.invalid', [`${title}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'), {
    hint: 'Settings are environment variables; local.settings.sample.json lists them all.',
    details: { problems: problems.length, settings: settingsIn(problems) },
  });
}
