import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { bytesToPath } from '../contracts/share-path';
import { HubkeepError } from '../errors/hubkeep-error';
import { createPathList, type PathList } from '../recovery/path-list';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Paths of a file, or of stdin for `-`, one a line or, with `isNull`, each ended by NUL. Throws `usage.invalid` when there is none: nothing is not everything. */
export async function readPathList(source: string, isNull: boolean): Promise<PathList> {
  const content = await readAll(source);
  const list = createPathList(pathsIn(content, isNull));
  if (list.paths.length > 0) return list;
  throw new HubkeepError('usage.invalid', `${nameOf(source)} names no path`, {
    hint: 'Leave --paths-from out to restore the whole share.',
  });
}

function nameOf(source: string): string {
  return source === '-' ? 'the list on stdin' : `the list ${source}`;
}

function* pathsIn(content: Buffer, isNull: boolean): Generator<string> {
  for (let at = 0; at < content.length;) {
    const found = content.indexOf(isNull ? 0 : newline, at);
    const next = found < 0 ? content.length : found;
    // Lists written on Windows end their lines with both.
    const end = !isNull && content[next - 1] === carriageReturn ? next - 1 : next;
    if (end > at) yield bytesToPath(content.subarray(at, end));
    at = next + 1;
  }
}

async function readAll(source: string): Promise<Buffer> {
  try {
    return await buffer(source === '-' ? process.stdin : createReadStream(source));
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new HubkeepError('usage.invalid', `${nameOf(source)} cannot be read (${code})`, { cause });
  }
}
