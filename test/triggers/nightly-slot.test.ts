import { nextSlotAfter, slotOf } from '../../src/triggers/nightly-slot';

const nightly = '0 0 2 * * *';
const at = (time: string) => new Date(`2026-11-${time}Z`);

test.each([
  ['at its very time', '22T02:00:00.000', '22T02:00:00'],
  ['a little early', '22T01:59:59.200', '22T02:00:00'],
  ['a little late', '22T02:00:03.500', '22T02:00:00'],
  ['hours late, because the host was away', '22T09:14:00.000', '22T02:00:00'],
  ['just before the next night', '23T01:58:00.000', '22T02:00:00'],
])('a timer that fires %s means the slot of its night', (_, now, slot) => {
  expect(slotOf(nightly, at(now))).toEqual(at(slot));
});

test('a day must match its month field and its weekday field, as Azure Functions has it', () => {
  expect(slotOf('0 0 2 1-7 * SUN', at('22T12:00:00'))).toEqual(at('01T02:00:00'));
  expect(nextSlotAfter('0 0 2 1-7 * SUN', at('22T12:00:00'))).toEqual(new Date('2026-12-06T02:00:00Z'));
});

test('the next slot is the one after now', () => {
  expect(nextSlotAfter(nightly, at('22T02:00:00'))).toEqual(at('23T02:00:00'));
});
