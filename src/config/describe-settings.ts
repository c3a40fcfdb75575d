import { loadConfig, type Environment } from './load-config';
import { type Setting, settingNames, settings } from './schema';

/** A setting as it may be shown to anybody. */
export interface DescribedSetting {
  readonly name: string;
  readonly doc: string;
  /** Absent for a secret. */
  readonly value?: string;
}

/** What the identity SDK reads by itself. What is not in this list is not known to be harmless. */
const identitySettings: Readonly<Record<string, string>> = {
  AZURE_AUTHORITY_HOST: 'Authority that identities sign in to.',
  AZURE_TENANT_ID: 'Tenant of the identity.',
  AZURE_CLIENT_ID: 'The identity.',
  AZURE_CLIENT_CERTIFICATE_PATH: 'File with the certificate of the identity.',
};
const identitySecrets: Readonly<Record<string, string>> = {
  AZURE_CLIENT_SECRET: 'Secret of the identity.',
  AZURE_CLIENT_CERTIFICATE_PASSWORD: 'Password of that file.',
};

/** Every setting that is set, without the values of secrets. Throws `config.invalid` where one cannot be right: its value could be a secret in the wrong place. */
export function describeSettings(environment: Environment): DescribedSetting[] {
  loadConfig(environment, { sources: false });
  const written = (name: string) => environment[name]?.trim() || undefined;
  const own = settingNames.flatMap((name): DescribedSetting[] => {
    const { doc, secret }: Setting<unknown> = settings[name];
    const value = written(name);
    return value === undefined ? [] : [{ name, doc, ...(secret ? {} : { value }) }];
  });
  const identity = Object.entries({ ...identitySettings, ...identitySecrets }).flatMap(([name, doc]): DescribedSetting[] => {
    const value = written(name);
    return value === undefined ? [] : [{ name, doc, ...(name in identitySettings ? { value } : {}) }];
  });
  return [...own, ...identity];
}
