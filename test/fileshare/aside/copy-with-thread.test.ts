import { createShareStage } from '../share-stage';

const files = 20_000;

/** Equal contents far apart, empty files, and enough of all to have the thread started and parts of the index closed meanwhile. */
async function backedUp({ thread }: { thread: boolean }) {
  const stage = await createShareStage({ thread });
  for (let i = 0; i < files; i++) stage.write(`d${i % 7}/f${i}.txt`, i % 11 === 0 ? '' : `content ${i % 9_500}`);
  const record = await stage.backUp();
  const entries = await stage.entries(record);
  stage.dispose();
  const known = entries.map((entry) =>
    entry.type === 'file' ? [entry.path, entry.size, entry.hash, entry.mtime, entry.extent !== undefined] : [entry.path],
  );
  const { bytesStored: _, ...counts } = record.counts;
  return { known, counts };
}

test('the thread changes nothing about what is copied', async () => {
  const [alone, beside] = [await backedUp({ thread: false }), await backedUp({ thread: true })];
  expect(beside.known).toHaveLength(files + 7);
  expect(beside).toEqual(alone);
});
