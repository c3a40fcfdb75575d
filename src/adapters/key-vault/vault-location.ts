/** A vault's address as the SDK and people write it, without a slash at its end. */
export function vaultLocation(url: string): string {
  return url.replace(/\/+$/, '');
}
