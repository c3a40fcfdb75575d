import { HubkeepError } from '../../src/errors/hubkeep-error';
import type { ErrorCode } from '../../src/contracts/error-codes';
import type { FileSource, OpenFile } from '../../src/ports/file-source';

export interface SourceFaults {
  /** Listing this directory fails with this code. */
  readonly unlistable: Map<string, ErrorCode>;
  /** Opening this file fails with this code. */
  readonly unopenable: Map<string, ErrorCode>;
  /** The file looks different after every read. */
  readonly changing: Set<string>;
  /** Called before each listing. */
  onList: (directory: string) => void;
}

/** A source with faults that a disk under root cannot make: locks, refusals, files that never stand still. */
export function withFaults(source: FileSource): FileSource & { readonly faults: SourceFaults } {
  const faults: SourceFaults = { unlistable: new Map(), unopenable: new Map(), changing: new Set(), onList: () => undefined };
  const refuse = (path: string, code: ErrorCode | undefined) => {
    if (code !== undefined) throw new HubkeepError(code, `${path}: refused by the test`);
  };
  return {
    faults,
    location: source.location,
    check: () => source.check(),
    list(directory) {
      faults.onList(directory);
      refuse(directory, faults.unlistable.get(directory));
      return source.list(directory);
    },
    async open(path) {
      refuse(path, faults.unopenable.get(path));
      const file = await source.open(path);
      return faults.changing.has(path) ? neverStill(file) : file;
    },
  };
}

function neverStill(file: OpenFile): OpenFile {
  return { ...file, close: async () => ({ ...(await file.close()), changed: true }) };
}
