import { interleave } from '../../bench/harness/interleave';
import { median, ratioOfPairs } from '../../bench/harness/statistics';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([10, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 4])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test('a ratio is the median of the pairs, not the ratio of the medians', () => {
  expect(ratioOfPairs([1, 2, 9], [2, 8, 3])).toBe(0.5);
});

test('values without partners give no ratio', () => {
  expect(() => ratioOfPairs([1, 2], [1])).toThrow('no pairs');
});

test('every second run goes backwards', async () => {
  const seen: string[] = [];
  await interleave({ runs: 3, entries: ['A', 'B'] }, async (entry, run) => void seen.push(`${entry}${run}`));
  expect(seen).toEqual(['A0', 'B0', 'B1', 'A1', 'A2', 'B2']);
});
