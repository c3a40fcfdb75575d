import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const bufferedCharacters = 64 * 1024;
const readBytes = 64 * 1024;
const newline = 0x0a;

/** Lines put aside in a file for later, so that their number does not count in memory. What was there is replaced. */
export function createLineFile(place: string) {
  let fd: number | undefined;
  let buffered = '';

  function flush() {
    fd ??= openSync(place, 'w+', 0o600);
    const bytes = Buffer.from(buffered, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    buffered = '';
  }

  return {
    /** @param line without a line break. */
    append(line: string) {
      buffered += `${line}\n`;
      if (buffered.length >= bufferedCharacters) flush();
    },
    /** All lines in the order they came. Nothing can be appended any more. */
    *lines(): Generator<string> {
      if (fd === undefined && buffered === '') return;
      flush();
      if (fd === undefined) return;
      const block = Buffer.allocUnsafe(readBytes);
      let rest: Buffer = Buffer.alloc(0);
      let position = 0;
      for (let read = readSync(fd, block, 0, readBytes, position); read > 0; read = readSync(fd, block, 0, readBytes, position)) {
        position += read;
        rest = Buffer.concat([rest, block.subarray(0, read)]);
        const end = rest.lastIndexOf(newline) + 1;
        yield* rest.toString('utf8', 0, end).split('\n').slice(0, -1);
        rest = rest.subarray(end);
      }
      closeSync(fd);
      fd = undefined;
    },
  };
}

export type LineFile = ReturnType<typeof createLineFile>;
