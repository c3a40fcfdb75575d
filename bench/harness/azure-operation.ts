import type { IncomingHttpHeaders } from 'node:http';

export interface AzureRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface AzureOperation {
  /** As the Blob service's reference names it. */
  readonly operation: string;
  /** The blob's name, or the prefix that is listed; empty when neither is asked for. */
  readonly name: string;
}

const operations: Readonly<Record<string, string>> = {
  'GET account list': 'List Containers',
  'PUT container': 'Create Container',
  'GET container': 'Get Container Properties',
  'HEAD container': 'Get Container Properties',
  'DELETE container': 'Delete Container',
  'GET container list': 'List Blobs',
  'PUT blob': 'Put Blob',
  'PUT blob copy': 'Copy Blob',
  'PUT blob block': 'Put Block',
  'PUT blob blocklist': 'Put Block List',
  'GET blob blocklist': 'Get Block List',
  'PUT blob metadata': 'Set Blob Metadata',
  'PUT blob properties': 'Set Blob Properties',
  'PUT blob lease': 'Lease Blob',
  'PUT blob tier': 'Set Blob Tier',
  'GET blob': 'Get Blob',
  'HEAD blob': 'Get Blob Properties',
  'DELETE blob': 'Delete Blob',
};

/** What a request to an emulator (`/account/container/blob`) asks for; a request without a known name keeps its own words. */
export function azureOperation({ method = '', url = '', headers }: AzureRequest): AzureOperation {
  const { pathname, searchParams } = new URL(url, 'http://store');
  const [, , container = '', ...names] = pathname.split('/');
  const blob = decodeURIComponent(names.join('/'));
  const level = container === '' ? 'account' : blob === '' ? 'container' : 'blob';
  const what = headers['x-ms-copy-source'] === undefined ? (searchParams.get('comp') ?? '') : 'copy';
  const words = `${method} ${level} ${what}`.trimEnd();
  return { operation: operations[words] ?? words, name: blob || (searchParams.get('prefix') ?? '') };
}
