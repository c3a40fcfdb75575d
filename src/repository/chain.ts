import * as z from 'zod';
import { chainPlaceSchema } from '../contracts/recovery-point';
import { codeOf } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { readJson } from './json-blob';
import { layout } from './layout';

export const chainLinkSchema = z.object({ id: z.string(), sha256: z.string(), ...chainPlaceSchema.shape });
export type ChainLink = z.infer<typeof chainLinkSchema>;

/** Oldest first. */
export async function chainKeys(store: BlobStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(layout.chain)) keys.push(key);
  return keys;
}

/** Links that can be read: a damaged one is for verify to report, not a reason to stop backing up. */
export async function* readLinks(store: BlobStore, keys: readonly string[]): AsyncGenerator<ChainLink> {
  for (const key of keys) {
    const link = await unlessDamaged(readJson(store, key, chainLinkSchema));
    if (link !== undefined) yield link;
  }
}

export async function unlessDamaged<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) !== 'format.damaged') throw error;
    return undefined;
  }
}
