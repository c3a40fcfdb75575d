export const share = { files: 10_000_000, bytes: 1_000_000_000_000 } as const;

/** What is stored of each byte: about what the benchmarks' shares compress to. */
export const storedShare = 0.5;

/** How long one box copies before it hands back a cursor: the default. */
export const boxSeconds = 240;

/** What a share and the way to it allow one lane. */
export interface Speed {
  readonly name: string;
  readonly filesPerSecond: number;
  readonly bytesPerSecond: number;
}

const MB = 1_000_000;

export const speeds: readonly Speed[] = [
  { name: 'local disk', filesPerSecond: 20_000, bytesPerSecond: 400 * MB },
  { name: 'good SMB', filesPerSecond: 2_000, bytesPerSecond: 100 * MB },
  { name: 'poor SMB', filesPerSecond: 200, bytesPerSecond: 20 * MB },
  { name: 'very poor SMB', filesPerSecond: 20, bytesPerSecond: 2 * MB },
];

export const widths = [1, 8, 64] as const;

/** Looking at a file that has not changed is so much faster than copying one. */
export const lookFaster = 10;

/** Files that one box gets through. */
export function filesPerBox({ filesPerSecond, bytesPerSecond }: Speed, pass: 'bulk' | 'delta'): number {
  if (pass === 'delta') return filesPerSecond * lookFaster * boxSeconds;
  const byBytes = bytesPerSecond / (share.bytes / share.files);
  return Math.floor(Math.min(filesPerSecond, byBytes) * boxSeconds);
}
