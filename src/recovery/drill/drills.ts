import { type Drill, drillSchema } from '../../contracts/drill';
import { isRunId } from '../../contracts/run-id';
import { codeOf, HubkeepError } from '../../errors/hubkeep-error';
import type { BlobStore } from '../../ports/blob-store';
import { createJson, readJsonIfPresent, writeJson } from '../../repository/json-blob';
import { layout } from '../../repository/layout';
import { unlessDamaged } from '../../repository/chain';

/** What came of drills, for good. */
export function createDrills(store: BlobStore) {
  /** An id begins with the time of its drill. */
  async function idsNewestFirst(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { key } of store.list(layout.drills)) {
      const id = /^drills\/([^/]+)\.json$/.exec(key)?.[1];
      if (id !== undefined && isRunId(id)) ids.push(id);
    }
    return ids.reverse();
  }

  const find = (id: string) => readJsonIfPresent(store, layout.drill(id), drillSchema);

  async function* newestFirst(): AsyncGenerator<Drill> {
    for (const id of await idsNewestFirst()) {
      const drill = await unlessDamaged(find(id));
      if (drill !== undefined) yield drill;
    }
  }

  return {
    find,
    newestFirst,
    /** @throws `drill.not-found` */
    async read(id: string): Promise<Drill> {
      // Nothing but an id becomes part of a blob's name.
      const drill = isRunId(id) ? await find(id) : undefined;
      if (drill === undefined) throw new HubkeepError('drill.not-found', `there is no drill ${id}`);
      return drill;
    },
    write: (drill: Drill) => writeJson(store, layout.drill(drill.id), drill),
    /** @returns false when there is one of that id already. */
    async create(drill: Drill): Promise<boolean> {
      try {
        await createJson(store, layout.drill(drill.id), drill);
        return true;
      } catch (error) {
        if (codeOf(error) !== 'store.exists') throw error;
        return false;
      }
    },
    /** Of one that never began. */
    forget: (id: string) => store.remove(layout.drill(id)),
    /** Removes what the steps of a drill handed each other. */
    async tidy(id: string): Promise<void> {
      for await (const { key } of store.list(layout.drillFiles(id))) await store.remove(key);
    },
  };
}
export type Drills = ReturnType<typeof createDrills>;
