import type { FileResult, FromThread } from '../../src/fileshare/pack-protocol';
import { limits } from '../../src/fileshare/limits';
import { createPackThread } from '../../src/fileshare/pack-thread';
import type { FileSource, OpenFile } from '../../src/ports/file-source';
import { openContent } from '../../src/repository/content-index';
import { createVirtualClock } from '../support/virtual-clock';

test('a large file written just before its long reading began is racy', async () => {
  const clock = createVirtualClock();
  const mtime = `${(clock.now().getTime() - 1000) / 1000}.000000000`;
  const size = limits.streamed;
  const open = (): OpenFile => {
    let left = size;
    return {
      size,
      mtime,
      async read(into) {
        await clock.sleep(10_000);
        const bytes = Math.min(into.length, left);
        left -= bytes;
        return bytes;
      },
      close: () => ({ size, mtime, changed: false }),
    };
  };
  const source: FileSource = { location: 'a test', check: () => Promise.resolve(), list: () => [], open };
  const results: FileResult[] = [];
  const post = (message: FromThread) => {
    if (message.type === 'results') results.push(...message.results);
  };
  const thread = createPackThread({ source, earlier: openContent([]), clock, packPrefix: 'run/box', post });
  await thread.handle({ type: 'files', files: [{ id: 1, path: 'large.bin', size }] });
  await thread.handle({ type: 'settle' });
  expect(results).toMatchObject([{ status: 'copied', racy: true }]);
});
