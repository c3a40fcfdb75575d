import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Component } from '../contracts/components';
import { formatVersion, type RecoveryPoint, recoveryPointSchema } from '../contracts/recovery-point';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { createJson, parseJson, readJson, readJsonIfPresent } from './json-blob';
import { layout } from './layout';

const versionSchema = z.looseObject({ formatVersion: z.number().int() });

export const chainLinkSchema = z.object({
  sequence: z.number().int(),
  id: z.string(),
  sha256: z.string(),
  previous: z.object({ id: z.string(), sha256: z.string() }).nullable(),
});
export type ChainLink = z.infer<typeof chainLinkSchema>;

const markSchema = z.looseObject({ kind: z.string(), at: z.string() });
export type Mark = z.infer<typeof markSchema>;

export interface StoredPoint {
  readonly point: RecoveryPoint;
  /** Of the record's exact bytes. */
  readonly sha256: string;
}

/** A point before it has its place in the chain. */
export type UncommittedPoint = Omit<RecoveryPoint, 'sequence' | 'previous' | 'formatVersion'>;

/** Recovery points: how they come into being and how they are found again. */
export function createRecoveryPoints(store: BlobStore) {
  async function read(id: string): Promise<StoredPoint> {
    const { content } = await store.read(layout.point(id)).catch((error: unknown) => {
      if (codeOf(error) !== 'store.not-found') throw error;
      throw new HubkeepError('point.not-found', `there is no recovery point ${id}`, {
        hint: 'hubkeep list shows those that exist.',
        cause: error,
      });
    });
    const sha256 = hash('sha256', content, 'hex');
    const recorded = (await store.read(layout.pointDigest(id))).content.toString('utf8').slice(0, 64);
    if (recorded !== sha256) throw new HubkeepError('format.damaged', `the record of ${id} is not the one that was committed`);
    const { formatVersion: version } = parseJson(layout.point(id), content, versionSchema);
    if (version !== formatVersion) {
      throw new HubkeepError(
        'format.unsupported-version',
        `recovery point ${id} has format ${version}, and this Hubkeep reads ${formatVersion}`,
      );
    }
    return { point: parseJson(layout.point(id), content, recoveryPointSchema), sha256 };
  }

  /** Links that can be read, oldest first: a damaged one is for verify to report, not a reason to stop backing up. */
  async function chain(): Promise<ChainLink[]> {
    const links: ChainLink[] = [];
    for await (const { key } of store.list(layout.chain)) {
      const link = await unlessDamaged(readJson(store, key, chainLinkSchema));
      if (link !== undefined) links.push(link);
    }
    return links;
  }

  /** Counts every link, damaged or void: a place in the chain is never taken twice. */
  async function nextSequence(): Promise<number> {
    let last = 0;
    for await (const { key } of store.list(layout.chain)) last = layout.sequenceOf(key);
    return last + 1;
  }

  /** The newest link whose record is there, whether or not it can be read. */
  async function newestLink(): Promise<ChainLink | undefined> {
    for (const link of (await chain()).reverse()) {
      for await (const { key } of store.list(layout.point(link.id))) if (key === layout.point(link.id)) return link;
    }
    return undefined;
  }

  /** The point a link stands for; nothing when its run died before the record was written. */
  async function follow(link: ChainLink): Promise<StoredPoint | undefined> {
    try {
      const stored = await read(link.id);
      return stored.point.sequence === link.sequence ? stored : undefined;
    } catch (error) {
      if (codeOf(error) === 'point.not-found') return undefined;
      throw error;
    }
  }

  async function* newestFirst(): AsyncGenerator<StoredPoint> {
    for (const link of (await chain()).reverse()) {
      const stored = await follow(link);
      if (stored !== undefined) yield stored;
    }
  }

  async function marks(id: string): Promise<Mark[]> {
    const found: Mark[] = [];
    for await (const { key } of store.list(layout.marks(id))) found.push(await readJson(store, key, markSchema));
    return found;
  }

  /** The newest point that is not suspect and has all these components; throws `point.not-found`. */
  async function latest(needed: readonly Component[] = []): Promise<StoredPoint> {
    for await (const stored of newestFirst()) {
      if (!needed.every((component) => hasComponent(stored.point, component))) continue;
      if ((await marks(stored.point.id)).some(({ kind }) => kind === 'suspect')) continue;
      return stored;
    }
    const what = needed.length === 0 ? 'no recovery point yet' : `no recovery point with ${needed.join(' and ')}`;
    throw new HubkeepError('point.not-found', `there is ${what}`, {
      hint: 'Run hubkeep backup first, or name a point that hubkeep list shows.',
    });
  }

  async function nextInChain(point: UncommittedPoint): Promise<RecoveryPoint> {
    const newest = await newestLink();
    const previous = newest === undefined ? null : { id: newest.id, sha256: newest.sha256 };
    return recoveryPointSchema.parse({ formatVersion, ...point, sequence: await nextSequence(), previous });
  }

  /** The record's exact bytes, settled before anything is written: of two commits of one run at once, both write the first one's. */
  async function settle(point: UncommittedPoint): Promise<Buffer> {
    const key = layout.settledRecord(point.id);
    const read = async () => (await store.read(key)).content;
    try {
      return await read();
    } catch (error) {
      if (codeOf(error) !== 'store.not-found') throw error;
    }
    await unlessThere(createJson(store, key, await nextInChain(point)));
    return read();
  }

  async function commitOnce(point: UncommittedPoint): Promise<StoredPoint> {
    const bytes = await settle(point);
    const record = parseJson(layout.settledRecord(point.id), bytes, recoveryPointSchema);
    const { id, sequence, previous } = record;
    const sha256 = hash('sha256', bytes, 'hex');
    const linkKey = layout.chainLink(sequence);
    await unlessThere(createJson(store, linkKey, { sequence, id, sha256, previous } satisfies ChainLink));
    if ((await readJson(store, linkKey, chainLinkSchema)).id !== id) {
      throw new HubkeepError('store.exists', `another run has taken place ${sequence} in the chain of recovery points`);
    }
    await store.put(layout.pointDigest(id), Buffer.from(`${sha256}  recovery-point.json\n`), { contentType: 'text/plain' });
    await unlessThere(store.put(layout.point(id), bytes, { onlyIfAbsent: true, contentType: 'application/json', sha256 }));
    return { point: record, sha256 };
  }

  return {
    read,
    nextSequence,
    /** The newest readable point for which `isWanted`; damaged ones are passed over. */
    async newestReadable(isWanted: (point: RecoveryPoint) => boolean): Promise<StoredPoint | undefined> {
      for (const link of (await chain()).reverse()) {
        const stored = await unlessDamaged(follow(link));
        if (stored !== undefined && isWanted(stored.point)) return stored;
      }
      return undefined;
    },
    chain,
    follow,
    newestFirst,
    marks,
    latest,
    /** `latest` or an id. */
    async find(idOrLatest: string, needed: readonly Component[] = []): Promise<StoredPoint> {
      const stored = idOrLatest === 'latest' ? await latest(needed) : await read(idOrLatest);
      const missing = needed.find((component) => !hasComponent(stored.point, component));
      if (missing !== undefined)
        throw new HubkeepError('point.component-missing', `recovery point ${stored.point.id} has no ${missing}`);
      return stored;
    },
    /**
     * Makes the point exist: chain link, digest, and last of all the record. Doing it again, also at once, gives the one point.
     * @throws `store.exists` when another run commits at the same moment (the run lock prevents that).
     */
    async commit(point: UncommittedPoint): Promise<StoredPoint> {
      const committed = await readJsonIfPresent(store, layout.point(point.id), recoveryPointSchema);
      return committed === undefined ? commitOnce(point) : read(point.id);
    },
  };
}

export type RecoveryPoints = ReturnType<typeof createRecoveryPoints>;

/** True when the point can give this component back. */
export function hasComponent(point: RecoveryPoint, component: Component): boolean {
  return point[component]?.status === 'succeeded';
}

async function unlessDamaged<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) !== 'format.damaged') throw error;
    return undefined;
  }
}

/** Whoever wrote it first wrote the same. */
async function unlessThere(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
  }
}
