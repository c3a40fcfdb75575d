import { isRunId } from '../../contracts/run-id';
import { HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { createMarks, isSuspect } from '../../repository/marks';
import { checkChain } from './check-chain';
import { createFindings } from './finding';

/**
 * What to verify: `latest` is the newest point with a whole record that is not suspect, and where all are suspect the newest of them.
 * @returns a point's id, or `all` where there are records and none is whole: then it is the chain that is told of.
 * @throws `point.not-found`
 */
export async function resolveTarget(store: BlobStore, target: string): Promise<string> {
  if (target === 'all') return target;
  if (target !== 'latest') {
    // Nothing but an id becomes part of a blob's name.
    if (isRunId(target)) return target;
    throw notFound(`there is no recovery point ${target}`, 'Name a point that hubkeep list shows, latest, or --all.');
  }
  const { intact, ids } = await checkChain(store, createFindings());
  const { marks } = createMarks(store);
  for (const { id } of intact) if (!isSuspect(await marks(id))) return id;
  const [newest] = intact;
  if (newest !== undefined) return newest.id;
  if (ids.size > 0) return 'all';
  throw notFound('there is no recovery point yet', 'Run hubkeep backup first.');
}

function notFound(message: string, hint: string): HubkeepError {
  return new HubkeepError('point.not-found', message, { hint });
}
