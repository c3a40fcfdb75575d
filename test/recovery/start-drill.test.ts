import { drillParts } from '../../src/contracts/drill';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import { createDrills } from '../../src/recovery/drill/drills';
import { createDrillStarter } from '../../src/recovery/drill/start-drill';
import { collect } from '../support/collect';
import { createMemoryBlobStore } from '../support/memory-blob-store';
import { createVirtualClock } from '../support/virtual-clock';

const slot = new Date('2026-11-22T06:00:00.000Z');

function open() {
  const drills = createDrills(createMemoryBlobStore());
  const start = createDrillStarter({ drills, clock: createVirtualClock(), repositoryId: () => Promise.resolve('repository') });
  const tryWith = (engine: () => Promise<void>) => start({ trigger: 'timer', parts: [...drillParts], share: 0.05, slot }, engine);
  const onRecord = async () => (await collect(drills.newestFirst())).map(({ status }) => status);
  return { tryWith, onRecord };
}

test('a drill that an engine did not take is started by the next try, and then no more', async () => {
  const { tryWith, onRecord } = open();
  await expect(tryWith(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await onRecord()).toEqual([]);
  expect(await tryWith(() => Promise.resolve())).toMatchObject({ trigger: 'timer' });
  expect(await onRecord()).toEqual(['running']);
  expect(await tryWith(() => Promise.reject(new Error('never asked')))).toBeUndefined();
});

test('one that an engine took although it said otherwise counts as started', async () => {
  const { tryWith, onRecord } = open();
  expect(await tryWith(() => Promise.reject(new HubkeepError('run.busy', 'it runs')))).toBeUndefined();
  expect(await onRecord()).toEqual(['running']);
});
