import type { ActivityMap } from '../../src/contracts/activities';
import type { BoxInput } from '../../src/contracts/share-copy';
import { HubkeepError } from '../../src/errors/hubkeep-error';
import { cutAfter, cutEvenly } from '../../src/fileshare/cuts';
import { limits } from '../../src/fileshare/limits';
import type { Activities } from '../../src/workflow/workflow';
import { boxSeconds, filesPerBox, share, type Speed } from './scenario';

/** What the boxes of one run came to. */
export interface Work {
  readonly boxes: { bulk: number; delta: number };
  /** Boxes by pass and partition. */
  readonly byPartition: { bulk: number[]; delta: number[] };
  /** Seconds that each lane would have taken, both passes. */
  readonly laneSeconds: Map<number, number>;
  /** Attempts of boxes that threw, each followed by one more. */
  failures: number;
  calls: number;
}

export const noWork = (): Work => ({
  boxes: { bulk: 0, delta: 0 },
  byPartition: { bulk: [], delta: [] },
  laneSeconds: new Map(),
  failures: 0,
  calls: 0,
});

const pad = (file: number) => String(file).padStart(10, '0');
/** As long as paths of a share are, and in the order of their numbers. */
const pathOf = (file: number) =>
  `${pad(file).slice(0, 6)}-contoso-webshop/site/wwwroot/App_Data/content/images/IMG_${pad(file)}.jpeg`;
const fileOf = (path: string) => Number(/IMG_(\d+)\.jpeg$/.exec(path)?.[1]);

/** Every 97th box fails once before it succeeds. */
const failsEvery = 97;
const at = '2026-11-22T02:10:00.000Z';

/** Activities whose work is arithmetic: the share has its size and the lanes have their speed on paper only. */
export function simulatedActivities({
  width,
  speed,
  work,
}: {
  width: number;
  speed: Speed;
  work: Work;
}): Activities<ActivityMap> {
  const failed = new Set<string>();
  let cuts: string[] = [];

  function bounds({ partition }: BoxInput): { from: number; to: number } {
    const before = cuts[partition - 1];
    const upTo = cuts[partition];
    const next = (cut: string) => fileOf(cut.replace(/\/\0$/, '')) + 1;
    return { from: before === undefined ? 0 : next(before), to: upTo === undefined ? share.files : next(upTo) };
  }

  function copyBox(input: BoxInput): ActivityMap['copy-share-box']['output'] {
    const { pass, partition, box, cursor, lane = 0 } = input;
    const name = `${pass}-${partition}-${box}`;
    if ((partition * 31 + box) % failsEvery === failsEvery - 1 && !failed.has(name)) {
      failed.add(name);
      work.failures += 1;
      throw new HubkeepError('store.unavailable', 'the store did not answer', { retryable: true });
    }
    const { from, to } = bounds(input);
    const start = cursor === null ? from : fileOf(cursor) + 1;
    const end = Math.min(to, start + filesPerBox(speed, pass));
    const seconds = (boxSeconds * (end - start)) / filesPerBox(speed, pass);
    work.boxes[pass] += 1;
    work.byPartition[pass][partition] = box + 1;
    work.laneSeconds.set(lane, (work.laneSeconds.get(lane) ?? 0) + seconds);
    return { status: 'succeeded', next: end < to ? pathOf(end - 1) : null, finishedAt: at };
  }

  const counted =
    <I, O>(activity: (input: I) => O) =>
    async (input: I): Promise<O> => {
      work.calls += 1;
      return activity(input);
    };

  // Backups alone are simulated.
  const unused = counted(() => ({ status: 'failed' as const, problem: { code: 'internal' as const, message: 'not simulated' } }));
  return {
    'begin-restore': unused,
    'restore-share-box': unused,
    'finish-restore-box': unused,
    'end-restore': unused,
    'begin-drill': unused,
    'verify-box': unused,
    'settle-verification': unused,
    'drill-share': unused,
    'drill-databases': (): never => {
      throw new Error('not simulated');
    },
    'end-drill': unused,
    'begin-run': counted(() => ({
      status: 'succeeded' as const,
      ...{ shareBase: '20261121T020000Z-7f3a', place: { sequence: 41, previous: null }, shareWidth: width },
    })),
    'route-databases': counted(() => ({
      status: 'succeeded' as const,
      targets: ['hosting', 'metering'].map((name) => ({ server: 'sql1', database: name })),
      failed: [],
      road: 'disk' as const,
    })),
    'give-credential': counted(() => ({ status: 'succeeded' as const })),
    'take-credential': counted(() => ({ status: 'succeeded' as const })),
    // The run looks at no more of a backup than this.
    'back-up-database': counted(
      () => ({ status: 'succeeded', backup: { proof: { finishedAt: at } }, staging: ['a.bak'] }) as never,
    ),
    'plan-share-partitions': counted(() => {
      const segments = Math.ceil(share.files / limits.segmentEntries);
      const stretches = Array.from({ length: segments }, (_, segment) => {
        const last = Math.min(share.files, (segment + 1) * limits.segmentEntries) - 1;
        return { end: cutAfter(pathOf(last)), weight: limits.segmentEntries };
      });
      cuts = cutEvenly(stretches, width * 4);
      return { status: 'succeeded' as const, partitions: cuts.length + 1 };
    }),
    'copy-share-box': counted(copyBox),
    'keep-system-secrets': counted(() => ({ status: 'succeeded', custody: {}, warnings: [] }) as never),
    'commit-recovery-point': counted(() => ({
      ...{ status: 'succeeded' as const, outcome: 'complete' as const, sequence: 41 },
      ...{ problems: [], warnings: [] },
    })),
    'remove-staging': counted(() => ({ status: 'succeeded' as const, removed: 1 })),
    'end-run': counted(() => ({ status: 'succeeded' }) as never),
  };
}
