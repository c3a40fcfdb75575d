import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SecretAttributes {
  enabled: boolean;
  /** Seconds since 1970, as all times here. */
  created: number;
  updated: number;
  nbf?: number;
  exp?: number;
  recoveryLevel: string;
  recoverableDays: number;
}

export interface SecretVersion {
  readonly version: string;
  readonly value: string;
  contentType?: string;
  tags?: Record<string, string>;
  readonly attributes: SecretAttributes;
}

export interface Secret {
  readonly name: string;
  /** Oldest first. */
  readonly versions: SecretVersion[];
  deletedDate?: number;
}

export interface SecretStore {
  /** Names are matched without regard to case. */
  find(name: string): Secret | undefined;
  all(): Secret[];
  save(secret: Secret): void;
  remove(name: string): void;
}

/** Keeps each secret with all its versions in one JSON file, readable by the owner only. */
export function openSecretStore(directory: string): SecretStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const secrets = new Map(readAll(directory).map((secret) => [secret.name.toLowerCase(), secret]));
  const fileOf = (name: string): string => path.join(directory, `${name.toLowerCase()}.json`);

  return {
    find: (name) => secrets.get(name.toLowerCase()),
    all: () => [...secrets.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, secret]) => secret),
    save(secret) {
      secrets.set(secret.name.toLowerCase(), secret);
      const file = fileOf(secret.name);
      writeFileSync(`${file}.new`, JSON.stringify(secret, undefined, 2), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    remove(name) {
      secrets.delete(name.toLowerCase());
      rmSync(fileOf(name), { force: true });
    },
  };
}

function readAll(directory: string): Secret[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as Secret);
}
