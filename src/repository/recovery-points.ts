import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Component } from '../contracts/components';
import { type ChainPlace, formatVersion, type RecoveryPoint, recoveryPointSchema } from '../contracts/recovery-point';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { chainKeys, type ChainLink, readLinks, unlessDamaged } from './chain';
import { createCommit } from './commit-point';
import { parseJson } from './json-blob';
import { layout } from './layout';
import { createMarks, isSuspect } from './marks';
import { readIfPresent } from './read-if-present';

const versionSchema = z.looseObject({ formatVersion: z.number().int() });

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
  const { marks, mark } = createMarks(store);

  async function read(id: string): Promise<StoredPoint> {
    const { content } = await store.read(layout.point(id)).catch((error: unknown) => {
      if (codeOf(error) !== 'store.not-found') throw error;
      throw new HubkeepError('point.not-found', `there is no recovery point ${id}`, {
        hint: 'hubkeep list shows those that exist.',
        cause: error,
      });
    });
    const sha256 = hash('sha256', content, 'hex');
    return parseRecord(id, { content, sha256, recorded: await recordedHash(id, sha256) });
  }

  /** By the digest beside the record. When that does not agree, the chain may: the digest is a copy, and one lost copy costs no point. */
  async function recordedHash(id: string, sha256: string): Promise<string> {
    const digest = (await readIfPresent(store, layout.pointDigest(id)))?.toString('utf8').slice(0, 64) ?? '';
    if (digest === sha256) return digest;
    for await (const link of await linksNewestFirst()) if (link.id === id && link.sha256 === sha256) return sha256;
    return digest;
  }

  function parseRecord(id: string, { content, sha256, recorded }: { content: Buffer; sha256: string; recorded: string }) {
    if (recorded !== sha256) {
      throw new HubkeepError('format.damaged', `the record of ${id} is not the one that was committed`, {
        hint: 'hubkeep list shows the other points: name one of them by its id.',
      });
    }
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
  async function ground(isWanted?: (point: RecoveryPoint) => boolean | Promise<boolean>): Promise<Ground> {
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
      if (base !== undefined && (await isWanted(base.point))) return { place: { sequence, previous }, base };
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

  /** The newest point that is not suspect and has something of all these components; throws `point.not-found`. */
  async function latest(needed: readonly Component[] = []): Promise<StoredPoint> {
    let suspect: string | undefined;
    for await (const stored of newestFirst()) {
      if (!needed.every((component) => hasSomeOf(stored.point, component))) continue;
      if (!isSuspect(await marks(stored.point.id))) return stored;
      suspect ??= stored.point.id;
    }
    throw noLatest(needed, suspect);
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
     * Makes the point exist: runbook, chain link, digest, and last of all the record. Doing it again, also at once, gives the one point.
     * @throws `store.exists` when another run commits at the same moment (the run lock prevents that).
     */
    commit: createCommit({ store, read, ground }),
  };
}

export type RecoveryPoints = ReturnType<typeof createRecoveryPoints>;

function noLatest(needed: readonly Component[], suspect: string | undefined): HubkeepError {
  const what = needed.length === 0 ? '' : ` with ${needed.join(' and ')}`;
  if (suspect === undefined)
    return new HubkeepError(
      'point.not-found',
      what === '' ? 'there is no recovery point yet' : `there is no recovery point${what}`,
      {
        hint: 'Run hubkeep backup first, or name a point that hubkeep list shows.',
      },
    );
  return new HubkeepError('point.not-found', `every recovery point${what} is marked suspect`, {
    hint: `The newest is ${suspect}: named by its id it can be restored all the same. hubkeep show ${suspect} says why it is suspect.`,
  });
}

/** True when the point can give all of this component back. */
export function hasComponent(point: RecoveryPoint, component: Component): boolean {
  return point[component]?.status === 'succeeded';
}

/** True when it can give something of it back: some of the databases, where others failed. */
export function hasSomeOf(point: RecoveryPoint, component: Component): boolean {
  const status = point[component]?.status;
  return status === 'succeeded' || status === 'partial';
}
