import { readEnvFile } from './env-file';
import type { Environment } from './load-config';

export interface EnvironmentOptions {
  readonly envFile?: string | undefined;
  /** Told of every line of the file that has no effect. */
  readonly warn?: ((doubt: string) => void) | undefined;
}

/**
 * The process's environment over that of the file. The only reader of `process.env`, and a writer too: the identity SDK
 * looks for its AZURE_* variables there itself, so those of the file are put where it looks.
 */
export function readEnvironment({ envFile, warn }: EnvironmentOptions = {}): Environment {
  const fromFile = envFile === undefined ? {} : readEnvFile(envFile, warn);
  for (const [name, value] of Object.entries(fromFile)) {
    if (name.startsWith('AZURE_') && !process.env[name]?.trim()) process.env[name] = value;
  }
  const fromProcess = Object.entries(process.env).filter(([, value]) => value?.trim());
  return { ...fromFile, ...Object.fromEntries(fromProcess) };
}
