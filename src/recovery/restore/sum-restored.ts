import type { RestoredCounts } from '../../contracts/restore';

type Counted = RestoredCounts['created'];

const namedPaths = 100;
const none: Counted = { files: 0, bytes: 0 };

export const nothingRestored: RestoredCounts = {
  ...{ created: none, replaced: none, equal: none, kept: none },
  ...{ notRestored: { count: 0, entries: [] }, directories: 0, symlinks: 0 },
};

/** What two boxes did together. */
export function sumRestored(a: RestoredCounts, b: RestoredCounts): RestoredCounts {
  return {
    created: sum(a.created, b.created),
    replaced: sum(a.replaced, b.replaced),
    equal: sum(a.equal, b.equal),
    kept: sum(a.kept, b.kept),
    notRestored: {
      count: a.notRestored.count + b.notRestored.count,
      entries: [...a.notRestored.entries, ...b.notRestored.entries].slice(0, namedPaths),
    },
    directories: a.directories + b.directories,
    symlinks: a.symlinks + b.symlinks,
  };
}

function sum(a: Counted, b: Counted): Counted {
  const paths = [...(a.paths ?? []), ...(b.paths ?? [])].slice(0, namedPaths);
  return { files: a.files + b.files, bytes: a.bytes + b.bytes, ...(paths.length === 0 ? {} : { paths }) };
}
