export interface SideBySide {
  readonly atOnce: number;
  readonly signal: AbortSignal | undefined;
}

export interface OwnTurn {
  /** Of the item, from 0. */
  readonly index: number;
  /** Aborts when the work is to stop, or when another item has failed. */
  readonly signal: AbortSignal;
}

/** Works on some items at once; results are in the order of the items. Fails as the first that fails did, once all have stopped. */
export async function sideBySide<T, R>(
  items: readonly T[],
  { atOnce, signal }: SideBySide,
  work: (item: T, own: OwnTurn) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const results: R[] = [];
  const waiting = [...items.entries()];
  const takeTurns = async () => {
    for (let turn = waiting.shift(); turn !== undefined && !failed.signal.aborted; turn = waiting.shift()) {
      const [index, item] = turn;
      try {
        results[index] = await work(item, { index, signal: either });
      } catch (error) {
        // Only the first reason is kept.
        failed.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, takeTurns));
  if (failed.signal.aborted) throw failed.signal.reason;
  return results;
}
