import { goneShare } from '../../src/errors/gone-share';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import type { ErrorCode } from '../../src/contracts/error-codes';
import type { FileSource, OpenFile } from '../../src/ports/file-source';

export interface SourceFaults {
  /** Listing this directory fails with this code. */
  readonly unlistable: Map<string, ErrorCode>;
  /** Nothing but the name of this entry can be read. */
  readonly unstattable: Map<string, ErrorCode>;
  /** Opening this file fails with this code. */
  readonly unopenable: Map<string, ErrorCode>;
  /** Reading this file breaks off half way with this code. */
  readonly unfinishable: Map<string, ErrorCode>;
  /** The file looks different after every read. */
  readonly changing: Set<string>;
  /** Looking at the root fails with this code. */
  rootless: ErrorCode | undefined;
  /** Called before each listing. */
  onList: (directory: string) => void;
  /** Called before each reading of a file, refused ones too. */
  onRead: (path: string) => void;
  /** Called before each piece of a file that is read in pieces, from 1. */
  onChunk: (path: string, chunk: number) => void;
}

/** A source with faults that a disk under root cannot make: locks, refusals, files that never stand still. */
export function withFaults(source: FileSource): FileSource & { readonly faults: SourceFaults } {
  const faults: SourceFaults = {
    unstattable: new Map(),
    unlistable: new Map(),
    unopenable: new Map(),
    changing: new Set(),
    rootless: undefined,
    unfinishable: new Map(),
    onList: () => undefined,
    onRead: () => undefined,
    onChunk: () => undefined,
  };
  const refuse = (path: string, code: ErrorCode | undefined) => {
    if (code === 'share.gone') throw goneShare(`${path}: refused by the test`);
    if (code !== undefined) throw new HubkeepError(code, `${path}: refused by the test`);
  };
  return {
    faults,
    location: source.location,
    async check() {
      refuse('', faults.rootless);
      await source.check();
    },
    async list(directory) {
      faults.onList(directory);
      refuse(directory, faults.unlistable.get(directory));
      const entries = await source.list(directory);
      return entries.map((entry) => {
        const code = faults.unstattable.get(directory === '' ? entry.name : `${directory}/${entry.name}`);
        if (code === undefined) return entry;
        return {
          name: entry.name,
          kind: 'other',
          size: 0,
          mtime: '0.000000000',
          problem: { code, message: 'refused by the test' },
        };
      });
    },
    readNow: () => undefined,
    async readWhole(path, options) {
      faults.onRead(path);
      refuse(path, faults.unopenable.get(path));
      const file = await source.readWhole(path, options);
      refuse(path, faults.unfinishable.get(path));
      return faults.changing.has(path) ? { ...file, changed: true } : file;
    },
    async open(path) {
      faults.onRead(path);
      refuse(path, faults.unopenable.get(path));
      const file = await source.open(path);
      let chunk = 0;
      const read: OpenFile['read'] = (into) => {
        faults.onChunk(path, ++chunk);
        if (chunk > 1) refuse(path, faults.unfinishable.get(path));
        return file.read(into);
      };
      return { ...(faults.changing.has(path) ? neverStill(file) : file), read };
    },
  };
}

function neverStill(file: OpenFile): OpenFile {
  return { ...file, close: async () => ({ ...(await file.close()), changed: true }) };
}
