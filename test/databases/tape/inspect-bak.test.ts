import { bakInspectionSchema } from '../../../src/contracts/bak-inspection';
import { inspectBak } from '../../../src/databases/tape/inspect-bak';
import { hasSamples, inMemory, sample } from './samples';

const given = hasSamples() ? test : test.skip;
const inspect = (content: Buffer) => inspectBak(inMemory(content));
const inspected = (name: string) => inspect(sample(name));

given('a full backup of SQL Server 2016 is read', async () => {
  expect(await inspected('full-2016.bak')).toEqual({
    status: 'whole',
    size: 2527744,
    software: 'Microsoft SQL Server',
    media: { id: 'C084C051-6551-4ED6-91ED-137F455FB04F', family: 1, families: 1, passwordProtected: false },
    sets: [
      {
        type: 'full',
        user: 'WIN-JNMR8KM0U3B\\Administrator',
        database: 'RestoreTimeClean',
        server: 'WIN-JNMR8KM0U3B\\SQL2016',
        softwareVersion: '13.0.5081',
        databaseVersion: 852,
        hasChecksums: false,
        isCopyOnly: false,
        passwordProtected: false,
        firstLsn: '39000000048800071',
        lastLsn: '39000000051800001',
        checkpointLsn: '39000000048800071',
        databaseBackupLsn: '39000000035400071',
        startedAt: '2019-05-02T21:00:55',
        finishedAt: '2019-05-02T21:00:55',
        isFinished: true,
        files: [
          {
            logicalName: 'RestoreTimeClean',
            physicalName: 'C:\\Program Files\\Microsoft SQL Server\\MSSQL13.SQL2016\\MSSQL\\DATA\\RestoreTimeClean.mdf',
            kind: 'rows',
          },
          {
            logicalName: 'RestoreTimeClean_log',
            physicalName: 'C:\\Program Files\\Microsoft SQL Server\\MSSQL13.SQL2016\\MSSQL\\DATA\\RestoreTimeClean_log.LDF',
            kind: 'log',
          },
        ],
      },
    ],
  });
});

given('a differential backup is based on the full one before it', async () => {
  const [full, differential] = [(await inspected('difftest-full.bak')).sets[0], (await inspected('difftest-diff1.bak')).sets[0]];
  expect([full?.type, differential?.type]).toEqual(['full', 'differential']);
  expect(differential?.databaseBackupLsn).toBe(full?.checkpointLsn);
});

given('two stripes are the two files of one media set', async () => {
  const [one, two] = [await inspected('stripe-1.bak'), await inspected('stripe-2.bak')];
  expect([one.media, two.media]).toMatchObject([
    { family: 1, families: 2 },
    { family: 2, families: 2 },
  ]);
  expect(one.media?.id).toBe(two.media?.id);
  expect(one.sets).toEqual(two.sets);
});

given('names, a log backup and a password are told', async () => {
  expect((await inspected('full-2008r2.bak')).sets[0]).toMatchObject({
    ...{
      name: 'singlerestore-Full Database Backup',
      database: 'singlerestore',
      server: 'SQL2008',
      softwareVersion: '10.50.1600',
    },
    databaseVersion: 661,
  });
  expect((await inspected('log.trn')).sets[0]).toMatchObject({ type: 'log', database: 'RestoreTimeClean' });
  expect((await inspected('password.bak')).media?.passwordProtected).toBe(true);
});

const names = [
  'difftest-diff1.bak',
  'difftest-full.bak',
  'full-2008r2.bak',
  'full-2016.bak',
  'log.trn',
  'password.bak',
  'stripe-1.bak',
  'stripe-2.bak',
];

given.each(names)('%s is whole, and a few small reads show it', async (name) => {
  const file = inMemory(sample(name));
  expect((await inspectBak(file)).status).toBe('whole');
  expect(file.reads()).toBeLessThan(10);
  expect(file.bytes()).toBeLessThan(10 * 64 * 1024);
});

given('a file that ends anywhere but at its end is truncated', async () => {
  const whole = sample('log.trn');
  for (let end = 1024; end < whole.length; end += 509) {
    const { status } = await inspect(whole.subarray(0, end));
    expect([end, status]).toEqual([end, expect.stringMatching(/^(truncated|damaged)$/)]);
  }
  // Behind the end of the backup only the last filemark is missing.
  expect((await inspect(whole.subarray(0, whole.length - 512))).status).toBe('whole');
});

given('a second backup in the same file is a second set', async () => {
  const [first, second] = [sample('log.trn'), sample('log.trn')];
  const { status, sets } = await inspect(Buffer.concat([first, second.subarray(1536)]));
  expect([status, sets.length]).toEqual(['whole', 2]);
});

given('a descriptor with a flipped bit is damaged, whichever bit it is', async () => {
  const whole = sample('stripe-1.bak');
  for (const start of [1536, 2560, 3584, 7680, 864768, 869376]) {
    for (let bit = 0; bit < 52 * 8; bit += 7) {
      const flipped = Buffer.from(whole);
      flipped[start + (bit >> 3)]! ^= 1 << (bit & 7);
      expect([start, bit, (await inspect(flipped)).status]).toEqual([start, bit, expect.not.stringMatching(/^whole$/)]);
    }
  }
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(10_000)],
  ['text', Buffer.from('TAPE is not enough. '.repeat(100))],
  ['a zip', Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(5_000, 7)])],
])('%s is not a backup', async (_what, content) => {
  expect(await inspect(content)).toMatchObject({ status: 'not-a-backup', sets: [], reason: expect.stringContaining('tape') });
});

test('a backup that SQL Server compressed as a whole is told from what is none', async () => {
  const { status, reason } = await inspect(Buffer.concat([Buffer.from('MSSQLBAK'), Buffer.alloc(5_000, 7)]));
  expect([status, reason]).toEqual(['opaque', expect.stringContaining('compressed')]);
});

given('whatever bytes are wrong, there is an answer of the right shape within a bounded number of reads', async () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % below;
  };
  const sources = [sample('log.trn'), sample('difftest-diff1.bak')];
  for (let round = 0; round < 3_000; round++) {
    const mangled = Buffer.from(sources[round % 2] as Buffer);
    for (let i = 0; i <= random(4); i++) {
      const at = random(4) === 0 ? random(mangled.length) : random(9_000);
      if (random(2) === 0) mangled[at] = random(256);
      else mangled.writeUInt32LE(random(2) === 0 ? 0xffff_ffff : random(0x8000_0000), Math.min(at, mangled.length - 4));
    }
    const file = inMemory(mangled.subarray(0, random(8) === 0 ? random(mangled.length) : mangled.length));
    expect(bakInspectionSchema.safeParse(await inspectBak(file)).success).toBe(true);
    expect(file.reads()).toBeLessThan(5_000);
  }
});
