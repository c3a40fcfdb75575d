import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from '../../src/contracts/run';
import type { Status } from '../../src/web/status';
import { statusPage, statusPageHeaders } from '../../src/web/status-page';
import { verdictOf } from '../../src/web/verdict';
import { busyStatus, pointOn, statusWith } from './status-stage';

const { lastEnded } = statusWith();
const failedSince = lastEnded && {
  ...lastEnded,
  runId: '20261122T080000Z-dead',
  status: 'failed' as const,
  recoveryPoint: undefined,
};

test.each<[string, Status, [mood: string, headline: string]]>([
  ['a good night', statusWith(), ['good', '7 hours old']],
  ['no point at all', statusWith({ points: [], lastEnded: undefined }), ['bad', 'no recovery point yet']],
  ['a partial point', statusWith({ points: [pointOn(22, { outcome: 'partial' })] }), ['doubtful', '7 hours old']],
  ['a night that was missed', statusWith({ points: [pointOn(21)] }), ['bad', '31 hours old']],
  [
    'a night that has just begun',
    statusWith({ points: [pointOn(21)], now: new Date('2026-11-22T02:20:00Z') }),
    ['good', '24 hours old'],
  ],
  ['a run that failed since', statusWith({ lastEnded: failedSince as Status['lastEnded'] }), ['bad', '7 hours old']],
  [
    'a newest point that holds only secrets',
    statusWith({
      points: [pointOn(22, { components: ['secrets'] }), pointOn(21)],
      lacking: ['databases', 'fileshare'],
      newestFull: pointOn(21),
      now: new Date('2026-11-22T02:20:00Z'),
    }),
    ['doubtful', '19 minutes old'],
  ],
  [
    'a night that was missed, with a point of only secrets after it',
    statusWith({ points: [pointOn(22, { components: ['secrets'] }), pointOn(21)], newestFull: pointOn(21) }),
    ['bad', '7 hours old'],
  ],
])('the verdict on %s', (_, status, [mood, headline]) => {
  expect(verdictOf(status)).toMatchObject({ mood, headline: expect.stringContaining(headline) as string });
});

test('a point that lacks something says what, and how old the newest is that has everything', () => {
  const lacking = ['databases', 'fileshare'] as const;
  const newest = pointOn(22, { outcome: 'partial' });
  expect(verdictOf(statusWith({ points: [newest, pointOn(19)], lacking, newestFull: pointOn(19) })).reason).toBe(
    'It lacks databases and fileshare. The newest that has everything is 20261119T020000Z-7f3a, 3 days old.',
  );
  const { mood, reason } = verdictOf(statusWith({ points: [newest], lacking, newestFull: undefined }));
  expect([mood, reason]).toEqual(['doubtful', expect.stringContaining('No recent recovery point has everything')]);
});

test('a suspect newest point is no good news, and the newest that can be relied upon is named', () => {
  const suspect = pointOn(22, { suspicion: 'packs/x holds other bytes than were stored' });
  const { mood, reason } = verdictOf(statusWith({ points: [suspect, pointOn(21)] }));
  expect([mood, reason]).toEqual([
    'bad',
    'It is marked suspect: packs/x holds other bytes than were stored. The newest that is not is 20261121T020000Z-7f3a, 31 hours old.',
  ]);
  expect(verdictOf(statusWith({ points: [suspect] })).reason).toContain('So are all that are shown here.');
  expect(statusPage(statusWith({ points: [suspect] }))).toContain('badge suspect');
});

test('the last drill is shown, and one that did not succeed casts a doubt on a good night', () => {
  const lastDrill = {
    id: '20261122T060000Z-7f3a',
    status: 'failed' as const,
    trigger: 'timer' as const,
    parts: ['verify' as const, 'share' as const],
    hubkeepVersion: '0.1.0',
    startedAt: '2026-11-22T06:00:00.000Z',
    recoveryPoint: '20261122T020000Z-7f3a',
    share: {
      status: 'succeeded' as const,
      files: 1234,
      bytes: 5,
      seconds: 2,
      wrong: ['<a>'],
      wrongFiles: 1,
      tooLarge: 0,
      next: null,
    },
    recoveryTime: { shareSeconds: 7200, databasesSeconds: null },
    problems: [{ code: 'drill.share-differs' as const, message: '1 of 1234 restored files <a>' }],
  };
  const status = statusWith({ lastDrill });
  expect(verdictOf(status)).toMatchObject({ mood: 'doubtful', reason: 'It is complete, but the last drill did not succeed.' });
  const page = statusPage(status);
  expect(page).toContain('Last drill: failed');
  expect(page).toContain('At that rate a restore takes 2 hours for the whole file share.');
  expect(page).toContain('1 of 1234 restored files &lt;a&gt;');
  expect(verdictOf(statusWith({ lastDrill: { ...lastDrill, status: 'succeeded', problems: [] } })).mood).toBe('good');
  expect(statusPage(statusWith())).toContain('No restore has been rehearsed yet. One is scheduled.');
  expect(statusPage(statusWith({ drillsScheduled: false }))).toContain('DRILL_SCHEDULE is off');
});

test('a list of points that is cut says so', () => {
  expect(statusPage(statusWith({ pointsInAll: 1016 }))).toContain('The last 5 of 1,016; <code>hubkeep list</code> shows all.');
  expect(statusPage(statusWith())).not.toContain('The last 5');
});

test('runs that stored nothing are listed with their reasons', () => {
  const problems = [{ code: 'sql.unreachable' as const, message: 'sql2 did not answer' }];
  const failed = { ...failedSince, problems } as RunSummary;
  const cancelled = { ...failedSince, runId: '20261122T090000Z-beef', status: 'cancelled' } as RunSummary;
  const page = statusPage(statusWith({ failedRuns: [cancelled, failed] }));
  expect(page).toContain('sql2 did not answer');
  expect(page).toContain('stopped before its end');
  expect(page).toContain('20261122T090000Z-beef');
});

test('a page that shows a run loads itself again, any other does not', () => {
  expect(statusPage(busyStatus())).toContain('<meta http-equiv="refresh" content="5"');
  expect(statusPage(statusWith())).not.toContain('http-equiv="refresh"');
});

test('work whose end is estimated says how long it still takes', () => {
  const busy = busyStatus();
  const progress = [{ activity: 'database-sql1-hosting', at: '', percent: 62, secondsLeft: 540, note: 'verifying' }];
  const page = statusPage({ ...busy, running: busy.running && { ...busy.running, progress } });
  expect(page).toContain('62 % · 9 minutes left · verifying');
});

test('everything that comes from outside is escaped', () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const busy = busyStatus();
  const page = statusPage({
    ...busy,
    stamp: evil,
    store: evil,
    unreadable: [{ id: evil, message: evil }],
    running: busy.running && {
      ...busy.running,
      run: { ...busy.running.run, reason: evil },
      progress: [{ activity: evil, at: '', note: evil }],
    },
    lastEnded: busy.lastEnded && {
      ...busy.lastEnded,
      problems: [{ code: 'internal', message: evil, hint: evil, subject: evil }],
      warnings: [{ code: evil, message: evil, hint: evil }],
    },
  });
  expect(page).not.toContain('<img');
  expect(page.split('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;').length).toBeGreaterThan(11);
});

test('its policy lets in its own style and nothing else', () => {
  const style = /<style>([^]*?)<\/style>/.exec(statusPage(statusWith()))?.[1] ?? '';
  const policy = statusPageHeaders['content-security-policy'];
  expect(policy).toContain(`style-src 'sha256-${hash('sha256', style, 'base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(statusPage(busyStatus())).not.toMatch(/<script|style="|\son\w+=/);
});

describe('in a browser', () => {
  const browser = findBrowser();
  const inBrowser = browser === undefined && process.env['CI'] !== 'true' ? test.skip : test;

  inBrowser(
    browser === undefined ? 'the page is read as written (skipped: no chromium on this machine)' : 'the page is read as written',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'hubkeep-'));
      try {
        const file = join(directory, 'page.html');
        writeFileSync(file, statusPage(busyStatus()));
        const dom = execFileSync(
          browser ?? 'chromium',
          ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${directory}`, '--dump-dom', `file://${file}`],
          { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 50_000 },
        );
        expect(dom.match(/<tr>/g)).toHaveLength(6);
        expect(dom.match(/<li/g)).toHaveLength(5);
        expect(dom).toContain('<h2>What needs attention</h2>');
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});

function findBrowser(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
    try {
      return execFileSync('which', [name], { stdio: 'pipe' }).length > 0;
    } catch {
      return false;
    }
  });
}
