import { createChunkQueue } from '../../src/fileshare/chunk-queue';

test('bytes that will never be sent are reported too, or whoever waits for room would wait for ever', async () => {
  let reported = 0;
  const queue = createChunkQueue((bytes) => (reported += bytes));
  queue.push(new Uint8Array(3));
  queue.push(new Uint8Array(5));
  queue.push(new Uint8Array(7));
  const chunks = queue[Symbol.asyncIterator]();
  await chunks.next();
  queue.fail(new Error('the file broke off'));
  await expect(chunks.next()).rejects.toThrow('the file broke off');
  expect(reported).toBe(15);
});
