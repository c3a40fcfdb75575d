import { safeName } from './safe-name';

/** Where the backup files of a database go below a directory: `{server}/{database}.bak`, further stripes `.02.bak` and on. */
export function restoredNames(server: string, database: string, stripes: number): (readonly [folder: string, file: string])[] {
  return Array.from({ length: stripes }, (_, i) => {
    const stripe = i === 0 ? '' : `.${String(i + 1).padStart(2, '0')}`;
    return [safeName(server), `${safeName(database)}${stripe}.bak`] as const;
  });
}
