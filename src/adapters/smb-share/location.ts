import type { SmbShareOptions } from '../smb';

/** A share, or something in it, as settings write it. @param path with `/` between names; empty for the share itself */
export function smbLocation({ host, port, share }: Pick<SmbShareOptions, 'host' | 'port' | 'share'>, path: string): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `smb://${address}${port === undefined ? '' : `:${port}`}/${[share, path].filter(Boolean).join('/')}`;
}
