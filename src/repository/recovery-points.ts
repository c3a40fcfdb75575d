import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Component } from '../contracts/components';
import { type ChainPlace, formatVersion, type RecoveryPoint, recoveryPointSchema } from '../contracts/recovery-point';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { chainKeys, type ChainLink, readLinks, unlessDamaged } from './chain';
import { createCommit } from './commit-point';
import { createJson, parseJson, readJson } from './json-blob';
import { layout } from './layout';
import { readIfPresent } from './read-if-present';

const versionSchema = z.looseObject({ formatVersion: z.number().int() });

const markSchema = z.looseObject({ kind: z.string(), at: z.string(), reason: z.string().optional() });
export type Mark = z.infer<typeof markSchema>;

export interface StoredPoint {
  readonly point: RecoveryPoint;
  /** Of the record's exact bytes. */
  readonly sha256: string;
}

/** A point before it has its place in the chain. */
export type UncommittedPoint = Omit<RecoveryPoint, 'sequence' | 'previous' | 'formatVersion'>;

/** What the next point builds upon. */
export interface Ground {
  readonly place: ChainPlace;
  /** The newest readable point of the kind that was asked for; damaged ones are passed over. */
  readonly base: StoredPoint | undefined;
}

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
    return parseRecord(id, { content, sha256, recorded });
  }

  function parseRecord(id: string, { content, sha256, recorded }: { content: Buffer; sha256: string; recorded: string }) {
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

  const linksNewestFirst = async () => readLinks(store, (await chainKeys(store)).reverse());

  /** Oldest first. */
  async function chain(): Promise<ChainLink[]> {
    const links: ChainLink[] = [];
    for await (const link of readLinks(store, await chainKeys(store))) links.push(link);
    return links;
  }

  /** Checked by the link, which has the same hash as the digest. Nothing when the link is void. */
  async function readLinked({ id, sequence, sha256: recorded }: ChainLink, content: Buffer): Promise<StoredPoint | undefined> {
    const stored = parseRecord(id, { content, sha256: hash('sha256', content, 'hex'), recorded });
    return stored.point.sequence === sequence ? stored : undefined;
  }

  /** What a new point builds upon. A place counts every link, damaged or void: none is taken twice. */
  async function ground(isWanted?: (point: RecoveryPoint) => boolean): Promise<Ground> {
    const keys = await chainKeys(store);
    const sequence = (keys.length === 0 ? 0 : layout.sequenceOf(keys.at(-1) ?? '')) + 1;
    let previous: ChainPlace['previous'] = null;
    for await (const link of readLinks(store, keys.reverse())) {
      const content = await readIfPresent(store, layout.point(link.id));
      if (content === undefined) continue;
      // The newest record that is there, whether or not it can be read.
      previous ??= { id: link.id, sha256: link.sha256 };
      if (isWanted === undefined) break;
      const base = await unlessDamaged(readLinked(link, content));
      if (base !== undefined && isWanted(base.point)) return { place: { sequence, previous }, base };
    }
    return { place: { sequence, previous }, base: undefined };
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
    for await (const link of await linksNewestFirst()) {
      const stored = await follow(link);
      if (stored !== undefined) yield stored;
    }
  }

  async function marks(id: string): Promise<Mark[]> {
    const found: Mark[] = [];
    for await (const { key } of store.list(layout.marks(id))) found.push(await readJson(store, key, markSchema));
    return found;
  }

  /** Adds a fact about a point; the same kind at the same time is there once. */
  async function mark(id: string, fact: Mark): Promise<void> {
    try {
      await createJson(store, layout.mark(id, fact), fact);
    } catch (error) {
      if (codeOf(error) !== 'store.exists') throw error;
    }
  }

  /** The newest point that is not suspect and has something of all these components; throws `point.not-found`. */
  async function latest(needed: readonly Component[] = []): Promise<StoredPoint> {
    for await (const stored of newestFirst()) {
      if (!needed.every((component) => hasSomeOf(stored.point, component))) continue;
      if ((await marks(stored.point.id)).some(({ kind }) => kind === 'suspect')) continue;
      return stored;
    }
    const what = needed.length === 0 ? 'no recovery point yet' : `no recovery point with ${needed.join(' and ')}`;
    throw new HubkeepError('point.not-found', `there is ${what}`, {
      hint: 'Run hubkeep backup first, or name a point that hubkeep list shows.',
    });
  }

  return {
    read,
    ground,
    /** The newest readable point for which `isWanted`; damaged ones are passed over. */
    async newestReadable(isWanted: (point: RecoveryPoint) => boolean): Promise<StoredPoint | undefined> {
      for await (const link of await linksNewestFirst()) {
        const stored = await unlessDamaged(follow(link));
        if (stored !== undefined && isWanted(stored.point)) return stored;
      }
      return undefined;
    },
    chain,
    follow,
    newestFirst,
    marks,
    mark,
    latest,
    /** `latest` or an id. */
    async find(idOrLatest: string, needed: readonly Component[] = []): Promise<StoredPoint> {
      const stored = idOrLatest === 'latest' ? await latest(needed) : await read(idOrLatest);
      const missing = needed.find((component) => !hasSomeOf(stored.point, component));
      if (missing !== undefined)
        throw new HubkeepError('point.component-missing', `recovery point ${stored.point.id} has no ${missing}`);
      return stored;
    },
    /**
     * Makes the point exist: chain link, digest, and last of all the record. Doing it again, also at once, gives the one point.
     * @param place given by `ground` since the run has its lock; looked for when not given.
     * @throws `store.exists` when another run commits at the same moment (the run lock prevents that).
     */
    commit: createCommit({ store, read, ground }),
  };
}

export type RecoveryPoints = ReturnType<typeof createRecoveryPoints>;

/** True when the point can give all of this component back. */
export function hasComponent(point: RecoveryPoint, component: Component): boolean {
  return point[component]?.status === 'succeeded';
}

/** True when it can give something of it back: some of the databases, where others failed. */
export function hasSomeOf(point: RecoveryPoint, component: Component): boolean {
  const status = point[component]?.status;
  return status === 'succeeded' || status === 'partial';
}
