import type { FailedFile } from '../contracts/recovery-point';
import { shownPath } from '../contracts/share-path';

/** One line that names the file, once, and why it could not be copied. */
export function failedFile({ path, message }: FailedFile): string {
  const shown = shownPath(path);
  return message.startsWith(shown) ? message : `${shown}: ${message}`;
}
