import { layout } from '../../src/repository/layout';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { rememberPoints } from '../../src/repository/remember-points';
import { pointOf } from '../runs/stage';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createRecordingStore } from '../support/recording-store';

const ids = ['20261122T020000Z-0001', '20261123T020000Z-0002', '20261124T020000Z-0003'] as const;
const isAny = () => true;

/** Three points in a store that tells what it is asked. */
async function open() {
  const recording = createRecordingStore(createMemoryBlobStore());
  const points = createRecoveryPoints(recording.store);
  for (const id of ids) await points.commit(pointOf(id));
  recording.take();
  return { ...recording, points };
}

test('what a new point builds upon is found by its newest link and record alone', async () => {
  const { points, take } = await open();
  const { place, base } = await points.ground(isAny);
  expect(place).toEqual({ sequence: 4, previous: { id: ids[2], sha256: base?.sha256 } });
  expect(take()).toEqual([`list ${layout.chain}`, `read ${layout.chainLink(3)}`, `read ${layout.point(ids[2])}`]);
});

test('a point that was found or made is not read again', async () => {
  const { points, take } = await open();
  const remembering = rememberPoints(points);
  const { base } = await remembering.ground(isAny);
  const made = await remembering.commit(pointOf('20261125T020000Z-0004'));
  take();
  expect(await remembering.read(ids[2])).toBe(base);
  expect(await remembering.read('20261125T020000Z-0004')).toBe(made);
  expect(take()).toEqual([]);
});

test('the ground of a new point is always looked at anew', async () => {
  const { points, store } = await open();
  const remembering = rememberPoints(points);
  await remembering.ground(isAny);
  await store.remove(layout.point(ids[2]));
  expect(await remembering.ground(isAny)).toMatchObject({
    place: { sequence: 4, previous: { id: ids[1] } },
    base: { point: { id: ids[1] } },
  });
});

test('a damaged record is passed over as a base, and is still the one before', async () => {
  const { points, store } = await open();
  await store.put(layout.point(ids[2]), Buffer.from('{}'));
  expect(await points.ground(isAny)).toMatchObject({
    place: { sequence: 4, previous: { id: ids[2] } },
    base: { point: { id: ids[1] } },
  });
});
