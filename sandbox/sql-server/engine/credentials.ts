import { sqlError } from '../tsql/sql-error';

export interface Credential {
  readonly id: number;
  readonly name: string;
  identity: string;
  secret: string;
  readonly createdAt: Date;
  modifiedAt: Date;
}

export interface CredentialChange {
  readonly name: string;
  readonly identity: string;
  readonly secret: string;
  /** Server's local time. */
  readonly at: Date;
}

/** The credentials of one server, by name without regard to case. */
export interface Credentials {
  list(): readonly Credential[];
  /** Throws 15530 when there is one of that name. */
  create(change: CredentialChange): void;
  /** Throws 15151 when there is none. */
  alter(change: CredentialChange): void;
  drop(name: string): void;
  /** Every secret that any of them ever had. */
  secrets(): readonly string[];
  /** The one of the container in which a blob lies. */
  ofUrl(url: string): Credential | undefined;
}

export function createCredentials(): Credentials {
  let credentials: Credential[] = [];
  const secrets = new Set<string>();
  let lastId = 65535;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const find = (name: string): Credential => {
    const found = credentials.find((credential) => same(credential.name, name));
    if (found !== undefined) return found;
    const text = `Cannot find the credential '${name}', because it does not exist or you do not have permission.`;
    throw sqlError(15151, text);
  };
  return {
    list: () => credentials,
    secrets: () => [...secrets],
    create({ name, identity, secret, at }) {
      secrets.add(secret);
      if (credentials.some((credential) => same(credential.name, name)))
        throw sqlError(15530, `The credential with name "${name}" already exists.`);
      credentials.push({ id: ++lastId, name, identity, secret, createdAt: at, modifiedAt: at });
    },
    alter({ name, identity, secret, at }) {
      secrets.add(secret);
      Object.assign(find(name), { identity, secret, modifiedAt: at });
    },
    drop(name) {
      const found = find(name);
      credentials = credentials.filter((credential) => credential !== found);
    },
    ofUrl(url) {
      const containing = credentials.filter(({ name }) => url.toLowerCase().startsWith(`${name.toLowerCase()}/`));
      return containing.toSorted((one, other) => other.name.length - one.name.length)[0];
    },
  };
}
