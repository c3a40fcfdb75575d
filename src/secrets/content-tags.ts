import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredSecret } from '../ports/secret-vault';

/** What is noted beside a version in the vault, where everyone who may list the vault can read it. */
export interface ContentTags {
  readonly runId: string;
  /** UTC, ISO 8601. */
  readonly capturedAt: string;
  readonly way: Way;
  /** 0 when one secret holds it all. */
  readonly parts: number;
}

/** How a content came: lying where runs look for it, or handed over by somebody. */
export type Way = 'drop-file' | 'http' | 'cli';

const tag = {
  salt: 'hubkeep-salt',
  hash: 'hubkeep-sha256',
  size: 'hubkeep-size',
  runId: 'hubkeep-run',
  capturedAt: 'hubkeep-captured-at',
  confirmedAt: 'hubkeep-confirmed-at',
  way: 'hubkeep-source',
  parts: 'hubkeep-parts',
};

/** Tags that prove a content without telling it: the salt keeps equal contents from showing equal hashes. */
export function describeContent(text: string, { runId, capturedAt, way, parts }: ContentTags): Record<string, string> {
  const salt = randomBytes(16).toString('hex');
  return {
    [tag.salt]: salt,
    [tag.hash]: saltedHash(salt, text),
    [tag.size]: String(Buffer.byteLength(text)),
    [tag.runId]: runId,
    [tag.capturedAt]: capturedAt,
    [tag.way]: way,
    ...(parts === 0 ? {} : { [tag.parts]: String(parts) }),
  };
}

/** Whether the tags of a version belong to this text; undefined when it was put there by other means, without them. */
export function tagsMatch({ tags }: Pick<StoredSecret, 'tags'>, text: string): boolean | undefined {
  const salt = tags[tag.salt];
  const hash = tags[tag.hash];
  if (salt === undefined || hash === undefined) return undefined;
  const expected = Buffer.from(saltedHash(salt, text));
  const given = Buffer.from(hash);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export function runOf({ tags }: StoredSecret): string | undefined {
  return tags[tag.runId];
}

/** When the content was stored first. */
export function capturedAtOf({ tags, createdAt }: StoredSecret): string {
  return tags[tag.capturedAt] ?? createdAt.toISOString();
}

/** When somebody last handed the same content over again, if ever. */
export function confirmedAtOf({ tags }: StoredSecret): string | undefined {
  return tags[tag.confirmedAt];
}

export function confirm({ tags }: StoredSecret, at: string): Record<string, string> {
  return { ...tags, [tag.confirmedAt]: at };
}

function saltedHash(salt: string, text: string): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(text).digest('hex');
}
