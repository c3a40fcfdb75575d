import { HubkeepError } from './hubkeep-error';

/** Gives the name back. Names of staging files come from our own results, yet they travel: nothing but a name may reach a path. */
export function plainName(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[\\/\0]/.test(name)) return name;
  throw new HubkeepError('sql.staging-unreadable', `${JSON.stringify(name)} is not a file name in the backup directory`);
}

export interface StagingLeft {
  /** As whoever removes them sees it. */
  readonly directory: string;
  readonly names: readonly string[];
  readonly hint: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** Files that nobody needs any more and that could not be removed. */
export function stagingLeft({ directory, names, ...options }: StagingLeft): HubkeepError {
  const [first = ''] = names;
  const which = names.length === 1 ? first : `${first} and ${names.length - 1} more`;
  return new HubkeepError(
    'sql.staging-left',
    `Backup files that are no longer needed could not be removed from ${directory}: ${which}`,
    options,
  );
}
