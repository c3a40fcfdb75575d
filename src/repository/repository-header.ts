import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { formatVersion } from '../contracts/recovery-point';
import { codeOf, HubkeepError } from '../errors/hubkeep-error';
import type { BlobStore } from '../ports/blob-store';
import { createJson, readJson } from './json-blob';
import { layout } from './layout';

const headerSchema = z.looseObject({ repositoryId: z.string(), formatVersion: z.number().int() });

export interface RepositoryHeader {
  readonly repositoryId: string;
}

/** Opens the repository in a store; a store that holds none becomes one. Checks the format version before anything else is read. */
export async function openRepository(store: BlobStore): Promise<RepositoryHeader> {
  try {
    return await readHeader(store);
  } catch (error) {
    if (codeOf(error) !== 'store.not-found') throw error;
  }
  await store.ensure();
  const header = { repositoryId: randomUUID(), formatVersion };
  try {
    await createJson(store, layout.header, header);
    return { repositoryId: header.repositoryId };
  } catch (error) {
    if (codeOf(error) !== 'store.exists') throw error;
    return readHeader(store);
  }
}

/** The header of a repository that must exist already. */
export async function readHeader(store: BlobStore): Promise<RepositoryHeader> {
  const header = await readJson(store, layout.header, headerSchema);
  if (header.formatVersion !== formatVersion) {
    throw new HubkeepError(
      'format.unsupported-version',
      `this repository has format ${header.formatVersion}, and this Hubkeep reads ${formatVersion}`,
      {
        hint: 'Use a Hubkeep release that knows this format; CHANGELOG.md names it.',
      },
    );
  }
  return { repositoryId: header.repositoryId };
}
