import { createTurns } from '../../src/repository/in-turn';

test('work is begun in the order it comes, so many at once and no more', async () => {
  const inTurn = createTurns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const works = [0, 1, 2, 3].map((n) =>
    inTurn(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      return n;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  expect(await works[1]).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0, 1, 2]);
  for (let i = 0; i < 4; i++) {
    ends.forEach((end) => end());
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(works)).toEqual([0, 1, 2, 3]);
});

test('work that fails gives its turn to the next', async () => {
  const inTurn = createTurns(1);
  const failing = inTurn(() => Promise.reject(new Error('failed')));
  const next = inTurn(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe('done');
});
