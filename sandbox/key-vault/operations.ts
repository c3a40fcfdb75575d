import { randomBytes } from 'node:crypto';
import type { HttpAnswer } from '../https-server';
import { createBundles } from './bundles';
import type { Operation } from './route';
import type { Secret, SecretAttributes, SecretStore, SecretVersion } from './secret-store';
import { refusals } from './vault-refusal';

/** What the service allows, in bytes of UTF-8. */
const largestValue = 25_600;
const recoverableDays = 90;

export interface OperationInput {
  readonly name: string;
  readonly version: string | undefined;
  readonly body: SecretBody;
  /** Turns a full list into the page that was asked for. */
  readonly page: (items: readonly unknown[]) => unknown;
}

export interface SecretBody {
  readonly value?: unknown;
  readonly contentType?: string;
  readonly tags?: Record<string, string>;
  readonly attributes?: Partial<SecretAttributes>;
}

export type Operations = Record<Operation, (input: OperationInput) => HttpAnswer>;

/** The secrets API over a store, one function per operation. Refusals are thrown. */
export function createOperations(store: SecretStore, baseUrl: string): Operations {
  const bundles = createBundles(baseUrl);
  const ok = (body: unknown): HttpAnswer => ({ status: 200, body });

  function live(name: string): Secret {
    const secret = store.find(name);
    if (secret === undefined || secret.deletedDate !== undefined) throw refusals.secretNotFound(name);
    return secret;
  }

  function deleted(name: string): Secret {
    const secret = store.find(name);
    if (secret?.deletedDate === undefined) throw refusals.deletedSecretNotFound(name);
    return secret;
  }

  function versionOf(secret: Secret, version: string | undefined): SecretVersion {
    if (version === undefined) return bundles.newest(secret);
    const found = secret.versions.find((candidate) => candidate.version === version);
    if (found === undefined) throw refusals.secretNotFound(`${secret.name}/${version}`);
    return found;
  }

  return {
    set({ name, body }) {
      const existing = store.find(name);
      if (existing?.deletedDate !== undefined) throw refusals.deletedButRecoverable(name);
      const version = newVersion(body);
      const secret = existing ?? { name, versions: [] };
      secret.versions.push(version);
      store.save(secret);
      return ok(bundles.bundle(secret, version));
    },
    get({ name, version }) {
      const secret = live(name);
      const found = versionOf(secret, version);
      if (!found.attributes.enabled) throw refusals.disabled();
      return ok(bundles.bundle(secret, found));
    },
    update({ name, version, body }) {
      const secret = live(name);
      const found = versionOf(secret, version);
      Object.assign(found.attributes, body.attributes, { updated: secondsNow() });
      if (body.tags !== undefined) found.tags = body.tags;
      if (body.contentType !== undefined) found.contentType = body.contentType;
      store.save(secret);
      return ok(bundles.item(secret, found));
    },
    delete({ name }) {
      const secret = live(name);
      secret.deletedDate = secondsNow();
      store.save(secret);
      return ok(bundles.deleted(secret));
    },
    list: ({ page }) =>
      ok(
        page(
          store
            .all()
            .filter((secret) => secret.deletedDate === undefined)
            .map(bundles.listed),
        ),
      ),
    'list-versions': ({ name, page }) => {
      const secret = live(name);
      return ok(page(secret.versions.map((version) => bundles.item(secret, version))));
    },
    'list-deleted': ({ page }) =>
      ok(
        page(
          store
            .all()
            .filter((secret) => secret.deletedDate !== undefined)
            .map(bundles.deleted),
        ),
      ),
    'get-deleted': ({ name }) => ok(bundles.deleted(deleted(name))),
    recover({ name }) {
      const secret = deleted(name);
      delete secret.deletedDate;
      store.save(secret);
      return ok(bundles.item(secret, bundles.newest(secret)));
    },
    purge({ name }) {
      store.remove(deleted(name).name);
      return { status: 204 };
    },
  };
}

function newVersion({ value, contentType, tags, attributes }: SecretBody): SecretVersion {
  if (typeof value !== 'string') throw refusals.badParameter('Property value is required.');
  if (Buffer.byteLength(value) > largestValue) {
    throw refusals.badParameter('Property value has invalid value: the secret is longer than 25k bytes.');
  }
  const now = secondsNow();
  return {
    version: randomBytes(16).toString('hex'),
    value,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes: {
      enabled: true,
      ...attributes,
      created: now,
      updated: now,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays,
    },
  };
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
