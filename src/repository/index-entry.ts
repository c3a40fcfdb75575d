import * as z from 'zod';
import { HubkeepError } from '../errors/hubkeep-error';

const time = z.string().regex(/^-?\d+\.\d{9}$/);
const count = z.number().int().nonnegative();

/** Where content lies: a contiguous range of a pack that holds whole zstd frames, and how much of what they decompress to comes before it. */
export const extentSchema = z.object({
  /** `{runId}/{name}`: the blob `packs/{runId}/{name}.tar.zst`. */
  pack: z.string().regex(/^[\w-]+\/[\w-]+$/),
  offset: count,
  length: count,
  skip: count,
});
export type Extent = z.infer<typeof extentSchema>;

const common = {
  path: z.string().min(1),
  mtime: time,
  ctime: time.optional(),
  /** Kept from an earlier point because the source could not be read. `since` is the run that first could not. */
  stale: z.object({ since: z.string(), why: z.string() }).optional(),
};

const fileEntrySchema = z.object({
  ...common,
  type: z.literal('file'),
  size: count,
  /** `sha256:` of the content, or `sha256-parts:` for files over 1 GiB. */
  hash: z.string().regex(/^(sha256|sha256-parts):[0-9a-f]{64}$/),
  /** Absent when the file is empty. */
  extent: extentSchema.optional(),
  /** Its mtime was too close to the moment it was read to prove anything: the next run reads it again. */
  racy: z.literal(true).optional(),
});

/** One line of an index segment. */
export const indexEntrySchema = z.discriminatedUnion('type', [
  fileEntrySchema,
  z.object({ ...common, type: z.literal('directory') }),
  z.object({ ...common, type: z.literal('symlink'), target: z.string() }),
]);
export type IndexEntry = z.infer<typeof indexEntrySchema>;
export type FileEntry = z.infer<typeof fileEntrySchema>;

/** An entry with the exact text of its line, so that what did not change is copied and never written anew. */
export interface IndexLine {
  readonly entry: IndexEntry;
  readonly line: string;
}

export function toLine(entry: IndexEntry): IndexLine {
  return { entry, line: JSON.stringify(entry) };
}

/**
 * Reads a line Hubkeep itself wrote and whose segment's hash was checked; the full schema is applied where an index
 * of unknown origin is read (verify), because it costs ten times as much.
 */
export function fromLine(line: string): IndexLine {
  try {
    return { entry: JSON.parse(line) as IndexEntry, line };
  } catch (error) {
    throw new HubkeepError('format.damaged', 'an index line is not JSON', { cause: error });
  }
}
