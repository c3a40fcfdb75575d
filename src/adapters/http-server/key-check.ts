import { hash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that tells nothing of the key, not even its length. */
export function createKeyCheck(key: string): (sent: string | undefined) => boolean {
  const expected = digest(key);
  return (sent) => sent !== undefined && timingSafeEqual(digest(sent), expected);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
