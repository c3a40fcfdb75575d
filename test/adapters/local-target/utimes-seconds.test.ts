import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timestamp } from '../../../src/adapters/timestamp';
import { utimesSeconds } from '../../../src/adapters/local-target/utimes-seconds';

const directory = mkdtempSync(join(tmpdir(), 'hubkeep-utimes-'));
const file = join(directory, 'file');
writeFileSync(file, '');
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function restored(ns: bigint): bigint {
  utimesSync(file, 0, utimesSeconds(timestamp(ns)));
  return statSync(file, { bigint: true }).mtimeNs;
}

test('a time is restored to within 0.4 microseconds and never to another millisecond', () => {
  for (let i = 0n; i < 20_000n; i++) {
    const ns = 1_500_000_000_000_000_000n + i * 12_345_678_901_234n + (i % 3n === 0n ? 0n : i);
    const found = restored(ns);
    expect(Math.abs(Number(found - ns))).toBeLessThan(400);
    expect(found / 1_000_000n).toBe(ns / 1_000_000n);
  }
});

test('a time that came from a floating number comes out as it went in', () => {
  for (const seconds of [1_500_000_000.123, 1_700_000_000.999, 1_600_000_000.001, 946_684_800, 1_800_000_000.5]) {
    utimesSync(file, 0, seconds);
    const { mtimeNs } = statSync(file, { bigint: true });
    expect(restored(mtimeNs)).toBe(mtimeNs);
  }
});

test('a time before 1970 is restored to the millisecond and never taken for the present', () => {
  for (const ns of [-1n, -1_500_000_000n, -2_147_471_999_876_543_211n]) {
    const late = ns - restored(ns);
    expect(late).toBeGreaterThanOrEqual(0n);
    expect(late).toBeLessThanOrEqual(1_001_000n);
  }
});
