import { EventEmitter } from 'node:events';
import type { Problem } from '../../src/contracts/outcome';
import type { FromWriter, ToWriter, WorkDone, WriterHandle } from '../../src/recovery/restore-protocol';
import { createWriterPool } from '../../src/recovery/restore/writer-pool';

const nothing: WorkDone = { files: 0, bytes: 0, slow: 0, replaced: { files: 0, bytes: 0 }, refused: [] };
const target = { root: '/target', reserved: '.reserved' };

function createStage(answer: (message: ToWriter, thread: number) => FromWriter | Error | undefined) {
  const ended: number[] = [];
  let spawned = 0;
  const written = { files: 0, bytes: 0 };
  const pool = createWriterPool({
    target,
    threads: 2,
    onDone({ files, bytes }) {
      written.files += files;
      written.bytes += bytes;
    },
    spawn({ thread }): WriterHandle {
      spawned += 1;
      const events = new EventEmitter();
      return {
        postMessage(message) {
          const said = answer(message, thread);
          if (said !== undefined) setImmediate(() => events.emit(said instanceof Error ? 'error' : 'message', said));
        },
        on: (event: string, listener: (value: never) => void) => events.on(event, listener as (value: unknown) => void),
        terminate: () => Promise.resolve(ended.push(thread)),
      };
    },
  });
  const send = async () => (await pool.free()).send({ type: 'files', pack: 'run/pack', bytes: new Uint8Array(0), extents: [] });
  return { pool, send, written, ended, threads: () => spawned };
}

async function sendAll(send: () => Promise<unknown>, count: number) {
  for (let i = 0; i < count; i++) await send();
}

test('a fast target keeps the threads it began with, even when it is busy for a moment', async () => {
  let answered = 0;
  const { send, threads, written } = createStage(() => ({
    ...nothing,
    type: 'done',
    files: 100,
    bytes: 5,
    slow: (answered += 1) < 3 ? 100 : 3,
  }));
  await sendAll(send, 50);
  expect(threads()).toBe(2);
  expect(written).toEqual({ files: 5_000, bytes: 250 });
});

test('a target that is waited for gets more threads, and not without end', async () => {
  const { send, threads } = createStage(() => ({ ...nothing, type: 'done', files: 100, slow: 90 }));
  await sendAll(send, 50);
  expect(threads()).toBe(8);
});

test('what is sent waits for a thread that is ready', async () => {
  const { pool } = createStage(() => undefined);
  for (let i = 0; i < 4; i++) void (await pool.free()).send({ type: 'look', files: [] });
  const fifth = pool.free().then(() => 'sent');
  expect(await Promise.race([fifth, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('waits');
});

test('the first failure is what everything later fails with, and a thread that crashes answers for what it had', async () => {
  const problem: Problem = {
    code: 'format.damaged',
    message: 'a is not what was backed up',
    hint: 'Restore it from another.',
    causes: ['why'],
  };
  const failing = createStage(() => ({ type: 'failed', problem }));
  await failing.send();
  await expect(failing.pool.idle()).rejects.toMatchObject({ code: problem.code, message: problem.message, hint: problem.hint });
  await expect(failing.pool.free()).rejects.toMatchObject({ code: problem.code });

  const crashing = createStage(() => new Error('out of memory'));
  expect(await crashing.send()).toMatchObject({ type: 'failed' });
  await expect(crashing.pool.idle()).rejects.toThrow('out of memory');
  await crashing.pool.close();
  expect(crashing.ended).toEqual([0, 1]);
});
