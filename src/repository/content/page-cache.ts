type Loaded = Buffer | Promise<Buffer>;

/**
 * Holds what was read last, `most` bytes of it; of what is read at the same moment by several, one read serves all.
 * Beyond `most` it holds nothing but what is being asked for right now.
 */
export function createPageCache(most: number) {
  const held = new Map<number, Buffer>();
  const underway = new Map<number, Promise<Buffer>>();
  let bytes = 0;

  function keep(id: number, page: Buffer): Buffer {
    if (page.length > most) return page;
    held.set(id, page);
    bytes += page.length;
    for (const [oldest, { length }] of held) {
      if (bytes <= most) break;
      held.delete(oldest);
      bytes -= length;
    }
    return page;
  }

  function startLoading(id: number, load: () => Loaded): Loaded {
    const loaded = load();
    if (!(loaded instanceof Promise)) return keep(id, loaded);
    const kept = loaded.then((page) => keep(id, page)).finally(() => underway.delete(id));
    underway.set(id, kept);
    return kept;
  }

  return {
    /** At once when it is there. @param load called when it neither is there nor on its way. */
    get(id: number, load: () => Loaded): Loaded {
      const page = held.get(id);
      if (page === undefined) return underway.get(id) ?? startLoading(id, load);
      held.delete(id);
      held.set(id, page);
      return page;
    },
    bytes: () => bytes,
  };
}

export type PageCache = ReturnType<typeof createPageCache>;
