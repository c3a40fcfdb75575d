import type { Secret, SecretVersion } from './secret-store';

/** The JSON shapes of the secrets API; `baseUrl` is the address of the vault. */
export function createBundles(baseUrl: string) {
  const newest = (secret: Secret): SecretVersion => {
    const version = secret.versions.at(-1);
    if (version === undefined) throw new Error(`secret ${secret.name} has no version`);
    return version;
  };

  const item = (secret: Secret, version: SecretVersion, id = `/${version.version}`) => ({
    id: `${baseUrl}/secrets/${secret.name}${id}`,
    contentType: version.contentType,
    attributes: version.attributes,
    tags: version.tags,
  });

  return {
    newest,
    /** One version, without its value. */
    item,
    /** One version with its value. */
    bundle: (secret: Secret, version: SecretVersion) => ({ value: version.value, ...item(secret, version) }),
    /** A secret in the list of all: no version in its id. */
    listed: (secret: Secret) => item(secret, newest(secret), ''),
    deleted: (secret: Secret) => ({
      recoveryId: `${baseUrl}/deletedsecrets/${secret.name}`,
      deletedDate: secret.deletedDate,
      scheduledPurgeDate: (secret.deletedDate ?? 0) + newest(secret).attributes.recoverableDays * 86_400,
      ...item(secret, newest(secret)),
    }),
  };
}
