import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../src/contracts/verification';
import type { BlobStat, BlobStore } from '../../src/ports/blob-store';
import { layout } from '../../src/repository/layout';
import { readPackList } from '../../src/repository/share-record';
import { openStage, type Hubkeep, type Stage } from '../e2e/stage';
import { collect } from '../support/collect';
import { verifyAt } from '../support/verifier';

const flips = 200;
/** All is read once for each flip. */
const smallOnes = { SQL_DATABASES: 'master' };

let stage: Stage;
let hubkeep: Hubkeep;
let store: BlobStore;
let ids: string[];

beforeAll(async () => {
  stage = await openStage({ files: 60 });
  hubkeep = stage.inContainer('flipped');
  ({ store } = hubkeep);
  expect((await hubkeep.run(['backup'], smallOnes)).code).toBe(0);
  const folder = join(stage.sandbox.share, 'added');
  mkdirSync(folder);
  for (let i = 0; i < 5; i++) writeFileSync(join(folder, `${i}.bin`), createHash('sha256').update(`${i}`).digest());
  appendFileSync(join(folder, '0.bin'), 'more');
  expect((await hubkeep.run(['backup'], smallOnes)).code).toBe(0);
  expect((await hubkeep.run(['verify', '--all'])).code).toBe(0);
  ids = (await hubkeep.json(['list'])).document.map(({ id }: { id: string }) => id);
});
afterAll(() => stage.close());

/** Numbers that look random and are the same in each run. */
function numbers(seed: string) {
  let turn = 0;
  return (below: number) => {
    const digest = createHash('sha256').update(`${seed} ${turn++}`).digest();
    return digest.readUIntBE(0, 6) % below;
  };
}

async function flip(key: string, bit: number): Promise<() => Promise<unknown>> {
  const [{ content }, { sha256 }] = [await store.read(key), await store.stat(key)];
  const options = sha256 === undefined ? {} : { sha256 };
  const flipped = Buffer.from(content);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  await store.put(key, flipped, options);
  return () => store.put(key, content, options);
}

test('one flipped bit is found wherever it is, and what it hits is named', async () => {
  const live = await liveBlobs();
  const kinds = Map.groupBy(live, ({ key }) => (key === layout.header ? 'header' : kindOf(key)));
  expect([...kinds.keys()].sort()).toEqual(
    ['bak', 'chain', 'content', 'digest', 'header', 'index', 'mark', 'packs', 'packs of a point', 'record', 'runbook'].sort(),
  );
  expect(await verifyAt(store, 'all', 1)).toMatchObject({ findings: [] });

  const random = numbers('bits');
  const missed: string[] = [];
  const unnamed: string[] = [];
  const order = [...kinds.keys()].sort();
  for (let i = 0; i < flips; i++) {
    const blobs = kinds.get(order[i % order.length]!)!;
    const { key, size } = blobs[random(blobs.length)]!;
    const bit = random(size * 8);
    const restore = await flip(key, bit);
    const { findings } = await verifyAt(store, 'all', 1);
    // A link that no longer says whose it is leaves a record without one.
    const own = findings.filter(({ blob, message }) => blob === key || (key.startsWith('chain/') && message.includes(key)));
    if (own.length === 0) missed.push(`${key} bit ${bit}: ${JSON.stringify(findings)}`);
    else if (!own.some((finding) => isNamed(key, finding))) unnamed.push(`${key} bit ${bit}: ${JSON.stringify(own)}`);
    await restore();
  }
  expect({ missed, unnamed }).toEqual({ missed: [], unnamed: [] });
  expect(await verifyAt(store, 'all', 1)).toMatchObject({ findings: [] });
});

/** All that a point needs or that says something of it. What dead or merged pieces are left is nobody's loss. */
async function liveBlobs(): Promise<BlobStat[]> {
  const records = await Promise.all(ids.map(async (id) => (await store.read(layout.point(id))).content.toString()));
  const lists = (await collect(store.list('index/'))).filter(({ key }) => key.endsWith('.packs.ndjson.zst'));
  const packs = (await Promise.all(lists.map(({ key }) => readPackList(store, key)))).flat().map(({ pack }) => layout.pack(pack));
  return (await collect(store.list(''))).filter(
    ({ key }) =>
      /^(?:chain|recovery-points)\/|^hubkeep\.json$/.test(key) ||
      packs.includes(key) ||
      records.some((record) => record.includes(`"${key}"`)),
  );
}

/** What is hit: files, or what else the blob holds, and the points. A damaged link cannot say whose it is; its number is in its name. */
function isNamed(key: string, { what, filesHit, points }: Finding): boolean {
  if (key.startsWith('chain/')) return true;
  const isListed = points.some((id) => ids.includes(id));
  return isListed && (/^(?:recovery-points|hubkeep)/.test(key) || what !== undefined || filesHit !== undefined);
}

function kindOf(key: string): string {
  if (key.endsWith('.bak')) return 'bak';
  if (key.endsWith('.sha256')) return 'digest';
  if (key.includes('/marks/')) return 'mark';
  if (key.includes('/runbook.')) return 'runbook';
  if (key.endsWith('.packs.ndjson.zst')) return 'packs of a point';
  if (key.endsWith('recovery-point.json')) return 'record';
  return key.split('/')[0]!;
}
