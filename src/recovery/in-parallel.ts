/** Works on all items, so many at a time. Fails with the first failure; items not begun by then are left. */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let stopped = false;
  const lane = async () => {
    try {
      for (let next = await iterator.next(); !stopped && next.done !== true; next = await iterator.next()) await work(next.value);
    } catch (error) {
      stopped = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
