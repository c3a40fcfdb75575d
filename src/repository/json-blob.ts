import type * as z from 'zod';
import { HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { readIfPresent } from './read-if-present';

/** Reads a JSON document and checks its shape; throws `store.not-found` or `format.damaged`. */
export async function readJson<T extends z.ZodType>(store: BlobStore, key: string, schema: T): Promise<z.infer<T>> {
  return parseJson(key, (await store.read(key)).content, schema);
}

/** The document, or nothing when there is none. */
export async function readJsonIfPresent<T extends z.ZodType>(
  store: BlobStore,
  key: string,
  schema: T,
): Promise<z.infer<T> | undefined> {
  const content = await readIfPresent(store, key);
  return content === undefined ? undefined : parseJson(key, content, schema);
}

export function parseJson<T extends z.ZodType>(key: string, content: Buffer, schema: T): z.infer<T> {
  let document: unknown;
  try {
    document = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new HubkeepError('format.damaged', `${key} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new HubkeepError('format.damaged', `${key} does not have the shape it should: ${where}`);
  }
  return parsed.data;
}

/** Writes a document over whatever is there. */
export async function writeJson(store: BlobStore, key: string, document: unknown): Promise<void> {
  await store.put(key, jsonBytes(document), { contentType: 'application/json' });
}

/** Writes a document that must not exist yet; throws `store.exists`. */
export async function createJson(store: BlobStore, key: string, document: unknown): Promise<void> {
  await store.put(key, jsonBytes(document), { contentType: 'application/json', onlyIfAbsent: true });
}

export function jsonBytes(document: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`, 'utf8');
}
