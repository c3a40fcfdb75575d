import { recoveryPointSchema } from '../../src/contracts/recovery-point';
import { buildPoint } from '../../src/recovery/build-point';
import { layout } from '../../src/repository/layout';
import { createRecoveryPoints } from '../../src/repository/recovery-points';
import { day, hour, openRotationStage, type RotationStage } from './rotation-stage';

let stage: RotationStage;
beforeEach(async () => {
  stage = await openRotationStage();
  stage.drop('first');
});
afterEach(async () => {
  await stage.close();
  expect(stage.said()).not.toContain('CANARY');
  // What every token begins with.
  expect(stage.said()).not.toMatch(/eyJ|Bearer \w/);
});

const publisher = { category: 'Certificates', name: 'Publisher' };
const keys = { category: 'Encryption Keys', name: 'Keys', lifeRemaining: 0 };
const quiet = { warnings: [], problem: undefined };

/** When the night after so many days begins; the first one is day 1. */
const at = (days: number) => new Date(Date.parse('2026-11-22T02:00:00.000Z') + days * day).toISOString();

function daysLeft(...days: number[]) {
  stage.admin.setRows([keys, ...days.map((lifeRemaining) => ({ ...publisher, lifeRemaining }))]);
}

async function problemOf(afterMs?: number) {
  const { custody, problem, warnings } = await stage.kept(afterMs);
  expect(custody.version).toMatch(/^[0-9a-f]{32}$/);
  expect(warnings).toEqual([]);
  return problem;
}

describe('a night on which nothing was rotated', () => {
  it('has nothing to say at the first look, whatever it sees', async () => {
    stage.admin.setRows([{ ...publisher, lifeRemaining: 365, lastUpdated: at(40) }]);
    expect(await stage.kept()).toMatchObject({ warnings: [] });
    expect(stage.said()).not.toContain('rotated');
    expect(stage.admin.listed()).toBe(1);
  });

  it('has nothing to say while rows stay the same or life runs out, however long nobody looked', async () => {
    for (const [days, after] of [
      [300, day],
      [299, day],
      [299, 1.2 * day],
      [298, 0.9 * day],
      [298.5, 0.1 * day],
      [258, 40 * day],
      [0, 400 * day],
      [0, 10 * day],
    ] as const) {
      daysLeft(days);
      expect(await stage.kept(after)).toMatchObject({ warnings: [] });
    }
    expect(stage.said()).not.toContain('rotated');
    expect(stage.admin.listed()).toBe(8);
  });

  it('knows a secret by its names, whatever their case and the order of rows, and does not mind new ones', async () => {
    daysLeft(300, 20);
    await stage.kept();
    stage.admin.setRows([
      { category: 'certificates', name: 'PUBLISHER', lifeRemaining: 19 },
      { ...publisher, lifeRemaining: 299 },
    ]);
    expect(await problemOf()).toBeUndefined();
    stage.admin.setRows([{ category: 'Certificates', name: 'FTP', lifeRemaining: 365 }]);
    expect(await problemOf()).toBeUndefined();
  });
});

describe('a rotation', () => {
  it.each([
    ['it was updated later', '2026-11-23', [{ lastUpdated: at(-90) }, { lastUpdated: '2026-11-23T20:00:00Z' }]],
    ['it lives longer', '2026-11-24', [{ lifeRemaining: 30 }, { lifeRemaining: 365 }]],
    [
      'its life rose by little more than a day',
      '2026-11-24',
      [{ lifeRemaining: '30.00:00:00' }, { lifeRemaining: '30.01:00:00' }],
    ],
    ['its expiry moved', '2026-11-24', [{ expirationDate: '2026-12-01' }, { expirationDate: '2027-12-01' }]],
  ])('is seen when %s', async (_sign, on, [before, after]) => {
    stage.admin.setRows([keys, { ...publisher, ...before }]);
    expect(await problemOf()).toBeUndefined();
    stage.admin.setRows([keys, { ...publisher, ...after }]);

    const problem = await problemOf();
    expect(problem).toMatchObject({
      code: 'secrets.rotated',
      message: `Secrets were rotated on ${on} (Certificates: Publisher): download SystemSecrets.JSON and store it again.`,
    });
    expect(problem?.hint).toContain('App Service, Secrets, choose Download Secrets');
  });

  it('is the same when the activity runs twice', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    const outcome = await stage.night();
    expect(outcome).toMatchObject({ problem: { code: 'secrets.rotated' } });
    expect(await stage.again()).toEqual(outcome);
  });

  it('is remembered over nights, with the day it was seen, and others join it', async () => {
    daysLeft(30, 5);
    await stage.kept();
    daysLeft(365, 364);
    const problem = await problemOf();
    daysLeft(364, 363);
    expect(await problemOf()).toEqual(problem);
    stage.admin.setRows([{ ...keys, lifeRemaining: 90 }]);
    expect((await problemOf())?.message).toContain(
      'on 2026-11-24 (Certificates: Publisher), 2026-11-26 (Encryption Keys: Keys):',
    );
  });

  it('is remembered although nobody can be asked any more', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    await stage.kept();
    await stage.admin.close();
    expect(await stage.kept()).toMatchObject({
      problem: { code: 'secrets.rotated' },
      warnings: [{ code: 'secrets.probe-failed' }],
    });
  });

  it('is seen across nights without an answer', async () => {
    daysLeft(30);
    await stage.kept();
    stage.admin.answerWith({ status: 503 });
    await stage.kept();
    stage.admin.answerWith(undefined);
    daysLeft(365);
    expect(await problemOf()).toMatchObject({ code: 'secrets.rotated' });
  });

  it('is over once something newer is stored, and stays so', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    await stage.kept();
    stage.drop('second');
    daysLeft(364);
    expect(await problemOf()).toBeUndefined();
    expect(await problemOf()).toBeUndefined();
    daysLeft(700);
    expect(await problemOf()).toMatchObject({ code: 'secrets.rotated' });
  });

  it('is not told when the run that first sees it stores what was downloaded after it', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    stage.drop('second');
    expect(await stage.kept()).toMatchObject({ custody: { stored: true }, warnings: [] });
    expect(await problemOf()).toBeUndefined();
  });
});

describe('a vault that takes its time', () => {
  const delay = (operation: 'get' | 'set') =>
    stage.faults.add({ operation, times: 1, answer: () => ({ status: 429, body: { error: { code: 'Throttled' } } }) });

  it('stores what is newer than the look before it and older than the next one', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    stage.drop('second');
    delay('get');
    delay('set');
    expect(await problemOf()).toBeUndefined();
    expect(stage.clock.slept).toHaveLength(2);
    daysLeft(700);
    expect(await problemOf()).toMatchObject({ code: 'secrets.rotated' });
  });
});

describe('what was stored between two looks', () => {
  beforeEach(async () => {
    stage.admin.setRows([{ ...publisher, lifeRemaining: 30, lastUpdated: at(0) }]);
    await stage.kept();
  });

  it('is newer than a rotation whose time is told to be before it, and older than one after it', async () => {
    stage.clock.advance(9 * hour);
    await stage.capture('second');
    stage.admin.setRows([{ ...publisher, lifeRemaining: 365, lastUpdated: at(1 + 8 / 24) }]);
    expect(await problemOf(15 * hour)).toBeUndefined();
    stage.clock.advance(9 * hour);
    await stage.capture('third');
    stage.admin.setRows([{ ...publisher, lifeRemaining: 364, lastUpdated: at(2 + 10 / 24) }]);
    expect(await problemOf(15 * hour)).toMatchObject({ code: 'secrets.rotated' });
  });

  it.each([
    ['without a time', undefined],
    ['with a day alone', at(1).slice(0, 10)],
  ])('may be older or newer than a rotation %s: one warning, once', async (_kind, lastUpdated) => {
    stage.clock.advance(9 * hour);
    await stage.capture('second');
    stage.admin.setRows([{ ...publisher, lifeRemaining: 365, lastUpdated }]);
    const { warnings, ...rest } = await stage.kept(15 * hour);
    expect(warnings).toMatchObject([{ code: 'secrets.rotated', message: expect.stringContaining('(Certificates: Publisher)') }]);
    expect(rest).not.toHaveProperty('problem');
    expect({ ...quiet, ...(await stage.kept()) }).toMatchObject(quiet);
  });
});

describe('a recovery point', () => {
  it('is partial by a rotation and keeps where the secrets are', async () => {
    daysLeft(30);
    await stage.kept();
    daysLeft(365);
    const secrets = await stage.night();
    const run = { runId: '20261124T020000Z-7f3a', version: '0.0.0', components: ['secrets' as const], trigger: 'cli' as const };
    const { point, problems } = await buildPoint(
      {
        run: { ...run, startedAt: at(2), fence: 1 },
        place: { sequence: 1, previous: null },
        ...{ databases: null, share: null, secrets },
      },
      { ...stage, points: createRecoveryPoints(stage.store), stamp: 'east', repositoryId: 'r', committedAt: stage.clock.now() },
    );
    if (secrets.status !== 'succeeded') throw new Error('not kept');
    expect(problems).toEqual([{ ...secrets.problem, component: 'secrets' }]);
    expect(point).toMatchObject({ outcome: 'partial' });
    const recorded = recoveryPointSchema.parse({ ...point, formatVersion: 1, sequence: 1, previous: null });
    expect(recorded.secrets).toEqual({ status: 'succeeded', ...secrets.custody, problem: secrets.problem });
  });
});

describe('a look that fails is one warning', () => {
  const text = (content: string) => () => stage.admin.answerWith({ status: 200, text: content });

  it.each<[string, () => unknown, RegExp]>([
    ['down', () => stage.admin.close(), /cannot be reached\. \(.*ECONNREFUSED/],
    ['refused', () => stage.admin.answerWith({ status: 403, body: {} }), /answered 403/],
    ['silent', () => stage.admin.answerWith(new Promise(() => undefined)), /did not answer within 2 s/],
    ['a web page', text('<html>CANARY</html>'), /answered with a web page/],
    ['of another shape', text('{"value":"CANARY"}'), /without any secret/],
    ['not to be written down', () => (stage.store.put = () => Promise.reject(new Error('read-only'))), /read-only/],
    ['not to be compared', () => (stage.store.read = () => Promise.reject(new Error('gone'))), /gone/],
    ['damaged', () => stage.store.put(layout.secretStatus, Buffer.from('[{')), /is not JSON/],
  ])('when it is %s', async (_kind, break_, reason) => {
    daysLeft(30);
    await stage.kept();
    await break_();

    const { custody, warnings, problem } = { problem: undefined, ...(await stage.kept()) };
    expect(custody.version).toMatch(/^[0-9a-f]{32}$/);
    expect(problem).toBeUndefined();
    expect(warnings).toMatchObject([{ code: 'secrets.probe-failed', message: expect.stringMatching(reason) }]);
  });

  it('and what was damaged is made anew', async () => {
    daysLeft(30);
    await stage.store.put(layout.secretStatus, Buffer.from('[{'));
    await stage.kept();
    daysLeft(365);
    expect(await problemOf()).toMatchObject({ code: 'secrets.rotated' });
  });

  it('and what was known before is still there', async () => {
    daysLeft(30);
    await stage.kept();
    const { content } = await stage.store.read(layout.secretStatus);
    stage.admin.answerWith({ status: 500 });
    await stage.kept();
    expect((await stage.store.read(layout.secretStatus)).content).toEqual(content);
  });
});
