import type { BlobStore } from '../../src/ports/blob-store';

/** A store that tells what it was asked, as in `read locks/run.json`. A listing is told as it begins. */
export function createRecordingStore(store: BlobStore) {
  const asked: string[] = [];
  const tell = (what: string) => void asked.push(what);
  const recording: BlobStore = {
    ...store,
    ensure: () => (tell('ensure'), store.ensure()),
    put: (key, ...rest) => (tell(`put ${key}`), store.put(key, ...rest)),
    read: (key, ...rest) => (tell(`read ${key}`), store.read(key, ...rest)),
    stat: (key) => (tell(`stat ${key}`), store.stat(key)),
    list: (prefix) => (tell(`list ${prefix}`), store.list(prefix)),
    remove: (key) => (tell(`remove ${key}`), store.remove(key)),
  };
  return {
    store: recording,
    /** What was asked since the last time this was called. */
    take: () => asked.splice(0),
  };
}
