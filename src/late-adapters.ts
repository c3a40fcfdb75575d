/* eslint-disable @typescript-eslint/no-require-imports --
   each of these brings an SDK that takes a tenth of a second to load */

/** Adapters that are loaded when a configuration first asks for them. */
export const lateAdapters = {
  identity: () =>
    require('./adapters/azure-identity/create-credential') as typeof import('./adapters/azure-identity/create-credential'),
  stampMetadata: () => require('./adapters/azure-stack/stamp-metadata') as typeof import('./adapters/azure-stack/stamp-metadata'),
  stampCredential: () =>
    require('./adapters/azure-stack/stamp-credential') as typeof import('./adapters/azure-stack/stamp-credential'),
  keyVault: () => require('./adapters/key-vault/key-vault') as typeof import('./adapters/key-vault/key-vault'),
  mssql: () => require('./adapters/mssql/create-mssql-server') as typeof import('./adapters/mssql/create-mssql-server'),
};
