import type { StorageSharedKeyCredential } from '@azure/storage-blob';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobServiceClient,
  generateAccountSASQueryParameters,
} from '@azure/storage-blob';
import { openStore } from '../harness/store';
import type { Peer } from './peer';

const day = 24 * 3600 * 1000;

export const rclone: Peer = {
  name: 'rclone',
  async open(context, { counted = false } = {}) {
    const store = await openStore(context, counted ? { countAs: ({ operation }) => operation } : {});
    const env = {
      PATH: process.env['PATH'],
      RCLONE_CONFIG: '/dev/null',
      RCLONE_AZUREBLOB_SAS_URL: accountSasUrl(store.connectionString),
    };
    const copy = (from: string, to: string) => context.measure({ argv: ['rclone', 'copy', from, to], env });
    return {
      backUp: (tree) => copy(tree, ':azureblob:rclone'),
      restore: (target) => copy(':azureblob:rclone', target),
      storedBytes: store.storedBytes,
      transactions: store.counts,
      close: store.close,
    };
  },
};

function accountSasUrl(connectionString: string): string {
  const { url, credential } = BlobServiceClient.fromConnectionString(connectionString);
  const sas = generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + day),
      permissions: AccountSASPermissions.parse('rwdlac'),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      services: AccountSASServices.parse('b').toString(),
    },
    credential as StorageSharedKeyCredential,
  );
  return `${url}?${sas.toString()}`;
}
